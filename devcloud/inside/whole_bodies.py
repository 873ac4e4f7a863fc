"""A filter that reads the body of each request to its end, even if the service answers before that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CHUNK_SIZE_BYTES = 1_048_576


class WholeBodies:
    """A WSGI filter. It reads and drops the rest of a body that the application did not read.

    gunicorn answers a refused upload (413, 401) and closes the connection while data is still on its way, so that a
    client gets the answer or a broken connection by chance. The servers of real clouds read on.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.application(environ, start_response)
        while environ["wsgi.input"].read(CHUNK_SIZE_BYTES):
            pass
        return answer
