"""A Glance that misbehaves: a proxy on loopback that does what a real one does only on a bad day."""

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
    """What happens to the requests that match.

    Args:
        method: ``PUT``.
        path: A regular expression for the whole path.
        status: Answered instead of forwarding, after ``after_bytes`` of the body were read.
        message: What the answer says.
        after_bytes: How much of the body is read first.
        forward: Let the service do it all the same, and answer ``status``.
        hang: Never answer.
        reset: Close the connection instead of answering.
        delay_s: Seconds before anything happens.
        slow_s: Seconds between two pieces of the body.
        change: Changes the JSON of the real answer.
        body_has: What the body of the request has to hold; of a small one.
        times: How often; then everything is fine again. None: always.
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
        """How often it has happened, if it may happen always. A fault that does nothing counts requests."""
        return ALWAYS - self.left[0]

    def matches(self, method: str, path: str, content: bytes) -> bool:
        """Whether it is about this request, and not used up."""
        if self.body_has.encode() not in content:
            return False
        if method != self.method or not re.fullmatch(self.path, path.split("?")[0]) or self.left[0] <= 0:
            return False
        self.left[0] -= 1
        return True


def once() -> list[int]:
    """For ``Fault.left``: the fault happens one time."""
    return [1]


@contextmanager
def faulty_glance(image_url: str, *faults: Fault, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a proxy for the Image service, with these faults; with TLS if a context is given."""
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
        """Nothing: a client that goes away in the middle is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Any
    planned: tuple[Fault, ...]
    over: threading.Event

    def log_message(self, *words: Any) -> None:
        """Nothing: the test tells."""

    def _handle(self) -> None:
        looked_into = any(fault.body_has and fault.method == self.command for fault in self.planned)
        content = b"".join(self._counted()) if looked_into else b""
        fault = next((fault for fault in self.planned if fault.matches(self.command, self.path, content)), None)
        time.sleep(fault.delay_s if fault else 0.0)
        body = iter((content,)) if looked_into else self._body(fault.slow_s if fault else 0.0)
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
