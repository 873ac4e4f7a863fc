"""Keystone as gunicorn loads it."""

from __future__ import annotations

import importlib
import sys

from devcloud.inside import sqlite

# Keystone parses the arguments of the process when it is imported, and exits on those of the server.
sys.argv = sys.argv[:1]
sqlite.begin_as_writers()

application = importlib.import_module("keystone.wsgi.api").application
