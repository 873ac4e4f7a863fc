"""HTTP/1.1 messages on streams of asyncio: as much of RFC 9112 as clients and services of OpenStack use."""

from __future__ import annotations

import asyncio
import http.client
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from email.message import Message

PIECE_BYTES = 64 * 1024
_END = b"\r\n\r\n"
_HOP_BY_HOP = ("connection", "content-length", "keep-alive", "transfer-encoding")
"""Headers of one connection, or of the framing of the body. Source: RFC 9110, section 7.6.1."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """The head of a request."""

    method: str
    target: str
    headers: Message

    @property
    def is_chunked(self) -> bool:
        """Return True if the body has no length, but a size before each piece."""
        return "transfer-encoding" in self.headers

    @property
    def length_bytes(self) -> int:
        """The length of the body; 0 if it is chunked."""
        return int(self.headers.get("content-length") or 0)

    @property
    def has_body(self) -> bool:
        """Return True if there is a body."""
        return self.is_chunked or self.length_bytes > 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer.

    Args:
        is_last: True if the connection is closed after it, which the answer says.
    """

    status: int
    headers: Iterable[tuple[str, str]]
    content: bytes = b""
    is_last: bool = False

    def head(self, method: str) -> bytes:
        """Return the status line and the headers of the answer to a request with this method."""
        length = [] if self.status == http.client.NO_CONTENT else [("Content-Length", str(len(self.content)))]
        if method == "HEAD":
            length = [(name, value) for name, value in self.headers if name.lower() == "content-length"]
        reason = http.client.responses.get(self.status, "")
        closing = [("Connection", "close")] if self.is_last else []
        return _head(f"HTTP/1.1 {self.status} {reason}", [*_end_to_end(self.headers), *length, *closing])


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request of a connection; None if the client has closed it."""
    try:
        head = await reader.readuntil(_END)
    except asyncio.IncompleteReadError:
        return None
    first, _, rest = head.partition(b"\r\n")
    method, target, _version = first.decode("latin-1").split(" ", 2)
    return Request(method=method, target=target, headers=http.client.parse_headers(io.BytesIO(rest)))


async def body_pieces(request: Request, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the pieces of the body of a request, as they arrive.

    Raises:
        IncompleteReadError: The connection ends before the body does.
    """
    if not request.is_chunked:
        left = request.length_bytes
        while left:
            piece = await reader.read(min(left, PIECE_BYTES))
            if not piece:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(piece)
            yield piece
        return
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")


def request_head(request: Request, target: str) -> bytes:
    """Return the head of the request for the service: one request a connection, with the framing of the client."""
    framing = {"Connection": "close"}
    if request.is_chunked:
        framing["Transfer-Encoding"] = "chunked"
    elif "content-length" in request.headers:
        framing["Content-Length"] = str(request.length_bytes)
    return _head(f"{request.method} {target} HTTP/1.1", [*_end_to_end(request.headers.items()), *framing.items()])


def framed(request: Request, piece: bytes) -> bytes:
    """Return a piece of the body in the framing of the request; an empty one ends the body."""
    if not request.is_chunked:
        return piece
    return b"%x\r\n%b\r\n" % (len(piece), piece)


async def read_answer(request: Request, reader: asyncio.StreamReader) -> Answer:
    """Return the answer of the service, which closes the connection after it."""
    head = await reader.readuntil(_END)
    first, _, rest = head.partition(b"\r\n")
    headers = http.client.parse_headers(io.BytesIO(rest))
    if request.method == "HEAD":
        content = b""
    elif "transfer-encoding" in headers:
        as_request = Request(method="", target="", headers=headers)
        content = b"".join([piece async for piece in body_pieces(as_request, reader)])
    else:
        content = await reader.read(int(headers["content-length"]) if "content-length" in headers else -1)
        while len(content) < int(headers.get("content-length") or 0):
            content += await reader.readexactly(int(headers["content-length"]) - len(content))
    return Answer(status=int(first.split()[1]), headers=headers.items(), content=content)


def page(status: int, message: str, body: str | None, headers: Mapping[str, str]) -> Answer:
    """Return the last answer of a connection, with a page in HTML, as front ends send it, or with another body."""
    reason = http.client.responses.get(status, "")
    content = body if body is not None else f"<html>\n<h1>{status} {reason}</h1>\n{message}\n</html>"
    fields = {"Content-Type": "text/html; charset=UTF-8", **headers}
    return Answer(status=status, headers=fields.items(), content=content.encode(), is_last=True)


def _end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]


def _head(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
