"""The WSGI application of Glance, for gunicorn, behind the filter of the region ``no-ranges``."""

from __future__ import annotations

import atexit
import importlib

from devcloud.inside import limits, sqlite
from devcloud.inside.no_ranges import NoRanges
from devcloud.inside.whole_bodies import WholeBodies
from devcloud.population import REGIONS

sqlite.begin_as_writers()
limits.check_one_project_only()

try:
    glance = importlib.import_module("glance.wsgi.api").application
finally:
    # After a failed start this call fails as well, and its error would hide the cause at the end of the log.
    atexit.unregister(importlib.import_module("glance.common.wsgi_app").drain_workers)

application = WholeBodies(NoRanges(glance, prefix=REGIONS["no-ranges"]))
