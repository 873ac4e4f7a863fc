"""A request's body is read to its end, also when the service answers before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CHUNK_SIZE_BYTES = 1_048_576


class WholeBodies:
    """Reads and drops what the application left of a request's body.

    gunicorn answers a refused upload (413, 401) and closes the connection on what is still on its way, so that by
    chance a client sees the answer or a broken connection. The servers that clouds use read on.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.application(environ, start_response)
        while environ["wsgi.input"].read(CHUNK_SIZE_BYTES):
            pass
        return answer
