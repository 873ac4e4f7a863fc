"""The WSGI application of Keystone, for gunicorn."""

from __future__ import annotations

import importlib
import sys

from devcloud.inside import sqlite

# Keystone parses the arguments of the process when it is imported, and exits on those of the server.
sys.argv = sys.argv[:1]
sqlite.begin_as_writers()

application = importlib.import_module("keystone.wsgi.api").application

# Keystone loads its policy at the first request that needs it, without a lock: a second request at the same moment is
# refused, and Glance answers 401 to the user whose token it wanted to validate.
importlib.import_module("keystone.common.rbac_enforcer.enforcer").RBACEnforcer()._enforcer.load_rules()
