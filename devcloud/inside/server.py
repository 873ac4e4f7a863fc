"""gunicorn's settings that both services share."""

from __future__ import annotations

import os

worker_class = "gthread"
# Loaded once and then copied for each worker: half the CPU time of the start.
preload_app = True
# An upload of many GiB may keep a worker's thread for long, and that is no reason to kill it.
timeout = 0
# The cloud is thrown away, no request is worth waiting for.
graceful_timeout = 1
keepalive = 30
control_socket_disable = True
# The default format, and how long it took.
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(M)sms'


def worker_exit(_server: object, _worker: object) -> None:
    """Skip Python's own tidying up: a second of CPU time in each worker, for a cloud that is thrown away."""
    os._exit(0)


def on_exit(_server: object) -> None:
    """The same for the parent of the workers. Its status is read only when it should not have ended at all."""
    os._exit(1)
