"""A filter that refuses range requests as a Glance on Ceph (or Swift, or S3) does."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/")


class NoRanges:
    """A WSGI filter. Below a path prefix it turns each 206 into a 400.

    Glance gets the request first, so an image that does not exist or an invalid range gets the usual answer.

    Source: ``StoreRandomGetNotSupported`` in glance_store, HTTPBadRequest in ``glance/api/v2/image_data.py``.
    """

    def __init__(self, application: WSGIApplication, *, prefix: str) -> None:
        self.application = application
        self.prefix = prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != self.prefix and not path.startswith(f"{self.prefix}/"):
            return self.application(environ, start_response)
        environ["SCRIPT_NAME"] += self.prefix
        environ["PATH_INFO"] = path.removeprefix(self.prefix)
        if "HTTP_RANGE" not in environ:
            return self.application(environ, start_response)
        return self._without_ranges(environ, start_response)

    def _without_ranges(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        webob = importlib.import_module("webob")
        response = webob.Request(environ).get_response(self.application)
        if response.status_int != 206:
            return _answer(response, environ, start_response)
        if hasattr(response.app_iter, "close"):
            response.app_iter.close()
        refused = webob.exc.HTTPBadRequest(explanation=_explanation(response.headers["Content-Range"]))
        return _answer(refused, environ, start_response)


def _answer(response: Callable[..., Any], environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body: Iterable[bytes] = response(environ, start_response)
    return body


def _explanation(content_range: str) -> str:
    offset, length = "None", "None"
    if found := CONTENT_RANGE.match(content_range):
        first, last = int(found[1]), int(found[2])
        offset, length = str(first), str(last - first + 1)
    return f"Getting images randomly from this store is not supported. Offset: {offset}, length: {length}"
