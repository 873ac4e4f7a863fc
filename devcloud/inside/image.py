"""Glance as gunicorn loads it, behind the filter of the region ``no-ranges``."""

from __future__ import annotations

import atexit
import importlib

from devcloud.cast import REGIONS
from devcloud.inside import limits, sqlite
from devcloud.inside.no_ranges import NoRanges
from devcloud.inside.whole_bodies import WholeBodies

sqlite.begin_as_writers()
limits.spare_the_others()

try:
    glance = importlib.import_module("glance.wsgi.api").application
finally:
    # After a failed start this fails too, and its error hides the cause at the end of the log.
    atexit.unregister(importlib.import_module("glance.common.wsgi_app").drain_workers)

application = WholeBodies(NoRanges(glance, prefix=REGIONS["no-ranges"]))
