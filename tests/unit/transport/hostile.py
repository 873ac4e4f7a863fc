"""A small server on loopback whose answers are those of a test."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer of the server.

    Args:
        body: Its body; an iterable is sent piece by piece.
        announced: The Content-Length; None: the length of the body, or chunks for an iterable.
        raw: What is sent instead of an HTTP answer.
    """

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    raw: bytes | None = None


@dataclass(frozen=True)
class Received:
    """A request that the server received."""

    method: str
    path: str
    headers: Mapping[str, str]


class HostileServer:
    """The server, and what it received; with TLS if it has a context for it."""

    def __init__(self, answer: Callable[[Received], Answer], tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self._answer = answer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients close the connection
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words: Any) -> None:
                """Print nothing."""

            def _handle(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                received = Received(self.command, self.path, dict(self.headers))
                server.received.append(received)
                _send(self, server._answer(received))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

        return Handler


def _send(request: BaseHTTPRequestHandler, answer: Answer) -> None:
    request.close_connection = True
    if answer.raw is not None:
        request.wfile.write(answer.raw)
        return
    request.send_response(answer.status)
    request.send_header("Connection", "close")
    for name, value in answer.headers.items():
        request.send_header(name, value)
    if isinstance(answer.body, bytes):
        length = len(answer.body) if answer.announced is None else answer.announced
        request.send_header("Content-Length", str(length))
        request.end_headers()
        request.wfile.write(answer.body)
        return
    if answer.announced is not None:
        request.send_header("Content-Length", str(answer.announced))
        request.end_headers()
        for piece in answer.body:
            request.wfile.write(piece)
        return
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for piece in answer.body:
        request.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
    request.wfile.write(b"0\r\n\r\n")


@contextmanager
def hostile_server(
    answer: Callable[[Received], Answer] | Answer, tls: ssl.SSLContext | None = None
) -> Iterator[HostileServer]:
    """Run a server that answers each request as a function says, or always the same."""
    server = HostileServer((lambda _: answer) if isinstance(answer, Answer) else answer, tls)
    try:
        yield server
    finally:
        server.close()
