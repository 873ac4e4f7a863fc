"""gunicorn's settings for both services."""

from __future__ import annotations

import os

worker_class = "gthread"
# The application is loaded once and then copied for each worker, which halves the CPU time of the start.
preload_app = True
# An upload of many GiB may keep the thread of a worker busy for long; it must not be killed for that.
timeout = 0
# The cloud is removed at the end: no request is waited for.
graceful_timeout = 1
keepalive = 30
control_socket_disable = True
# The default format, and the duration.
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms'


def worker_exit(_server: object, _worker: object) -> None:
    """Skip Python's own cleanup, which takes a second of CPU time in each worker: the cloud is removed anyway."""
    os._exit(0)


def on_exit(_server: object) -> None:
    """Skip Python's own cleanup in the parent of the workers. Its status is read only if it ended unexpectedly."""
    os._exit(1)
