"""A Glance with faults: a proxy on loopback that fails as a real service sometimes does."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

ALWAYS = 10**9
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault of the requests that match.

    Args:
        method: ``PUT``.
        path: A regular expression for the whole path.
        status: The status of an answer without forwarding, after ``after_bytes`` of the body were read.
        message: The message of this answer.
        after_bytes: How many bytes of the body are read first.
        forward: Forward the request, and answer with ``status`` nevertheless.
        hang: Never answer.
        reset: Close the connection instead of answering.
        delay_s: Seconds before the request is handled.
        slow_s: Seconds between two pieces of the body.
        change: Changes the JSON of the real answer.
        body_has: A text that the body of the request must contain; for small bodies.
        body: The body of the answer instead of an HTML page with the message.
        left: How often the fault will happen, as a list of one number.
    """

    method: str
    path: str
    status: int | None = None
    message: str = "a fault"
    after_bytes: int = 0
    forward: bool = False
    hang: bool = False
    reset: bool = False
    delay_s: float = 0.0
    slow_s: float = 0.0
    change: Callable[[dict[str, Any]], None] | None = None
    body_has: str = ""
    body: str | None = None
    left: list[int] = field(default_factory=lambda: [ALWAYS])

    @property
    def count(self) -> int:
        """How often the fault has happened, if it may happen always. A fault without an effect counts requests."""
        return ALWAYS - self.left[0]

    def matches(self, method: str, path: str, content: bytes) -> bool:
        """Return True if the fault happens to this request; count it."""
        if self.body_has.encode() not in content:
            return False
        if method != self.method or not re.fullmatch(self.path, path.split("?")[0]) or self.left[0] <= 0:
            return False
        self.left[0] -= 1
        return True


def once() -> list[int]:
    """Return the ``Fault.left`` of a fault that happens one time."""
    return [1]


@contextmanager
def faulty_glance(image_url: str, *faults: Fault, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a proxy for the Image service in the context, and return its address.

    Args:
        image_url: The address of the Image service.
        faults: The faults of the proxy.
        tls: The TLS context of the proxy; None: it uses plain HTTP.
    """
    released = threading.Event()

    class Handler(_Handler):
        upstream = urlsplit(image_url)
        planned = faults
        over = released

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        released.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors: some tests are about clients that close the connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Any
    planned: tuple[Fault, ...]
    over: threading.Event

    def log_message(self, *words: Any) -> None:
        """Print nothing."""

    def _handle(self) -> None:
        is_buffered = any(fault.body_has and fault.method == self.command for fault in self.planned)
        content = b"".join(self._counted()) if is_buffered else b""
        fault = next((fault for fault in self.planned if fault.matches(self.command, self.path, content)), None)
        time.sleep(fault.delay_s if fault else 0.0)
        body = iter((content,)) if is_buffered else self._body(fault.slow_s if fault else 0.0)
        if fault and fault.forward:
            self._forward_only(body)
            self._misbehave(fault, iter(()))
        elif fault and (fault.status or fault.hang or fault.reset):
            self._misbehave(fault, body)
        else:
            self._forward(body, fault.change if fault else None)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _handle

    def _misbehave(self, fault: Fault, body: Iterator[bytes]) -> None:
        read_bytes = 0
        while read_bytes < fault.after_bytes and (piece := next(body, b"")):
            read_bytes += len(piece)
        self.close_connection = True
        if fault.hang:
            self.over.wait()
        if fault.reset or fault.hang:
            return
        for _ in body if fault.after_bytes == 0 else ():
            pass
        assert fault.status is not None
        reason = http.client.responses.get(fault.status, "")
        answer = (fault.body or f"<html>\n<h1>{fault.status} {reason}</h1>\n{fault.message}\n</html>").encode()
        self.send_response(fault.status)
        self.send_header("Content-Type", "text/html; charset=UTF-8")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def _forward(self, body: Iterator[bytes], change: Callable[[dict[str, Any]], None] | None) -> None:
        answer, content = self._forward_only(body)
        if change and content:
            record = json.loads(content)
            change(record)
            content = json.dumps(record).encode()
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _forward_only(self, body: Iterator[bytes]) -> tuple[http.client.HTTPResponse, bytes]:
        upstream = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=120)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "connection")}
        has_body = "transfer-encoding" in self.headers or "content-length" in self.headers
        chunked = "transfer-encoding" in self.headers
        path = self.upstream.path.rstrip("/") + self.path
        upstream.request(self.command, path, body if has_body else None, headers, encode_chunked=chunked)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        return answer, content

    def _body(self, slow_s: float) -> Iterator[bytes]:
        for piece in self._chunks() if "transfer-encoding" in self.headers else self._counted():
            time.sleep(slow_s)
            yield piece

    def _counted(self) -> Iterator[bytes]:
        left = int(self.headers.get("content-length") or 0)
        while left and (piece := self.rfile.read(min(left, _PIECE_BYTES))):
            left -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
