"""A proxy on loopback between the client and a service, which fails as lines, front ends and services do.

The proxy is made of asyncio's streams. The libraries that exist do not fail in the middle of a body: mitmproxy answers
or ends a whole exchange (and brings 30 packages), toxiproxy is a Go program that knows bytes, but no requests.
"""

from __future__ import annotations

import asyncio
import json
import re
import select
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from tests.functional.faults.fault import Fault, When
from tests.functional.faults.messages import (
    PIECE_BYTES,
    Answer,
    Request,
    body_pieces,
    framed,
    page,
    read_answer,
    read_request,
    request_head,
)

_LINGER_S = 10.0
"""The longest time to read the rest of a body after an early answer, in seconds, as front ends do."""

_SIGNAL_S = 0.3
"""The time that a request waits, in seconds, after ``Fault.call``, so that a signal arrives before the answer."""

_SMALL_BUFFER_BYTES = 16 * 1024
"""The receive buffer of a slow or silent line: with a usual one, megabytes are accepted that nobody reads."""

_STREAM_BYTES = 32 * 1024
"""The most bytes that a stream keeps before they are read; the longest head, too."""

_POLL_S = 0.05
_STEPS_PER_S = 10


@contextmanager
def faulty_glance(image_url: str, *faults: Fault, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a proxy for a service in the context, and return its address.

    Args:
        image_url: The address of the Image service, or of another one.
        faults: The faults of the proxy; the first one that matches a request happens.
        tls: The TLS context of the proxy; None: it uses plain HTTP.
    """
    with running_proxy(image_url, *faults, tls=tls) as proxy:
        yield proxy.address


@contextmanager
def running_proxy(service_url: str, *faults: Fault, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """Run a proxy in a thread. Arguments as those of ``faulty_glance``."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = Proxy(service_url, faults)
    try:
        asyncio.run_coroutine_threadsafe(proxy.start(tls), loop).result()
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _RequestIsOver(Exception):
    """The fault has ended the connection of the client."""


class Proxy:
    """A proxy for one service.

    Attributes:
        address: The address of the proxy.
        requests: The heads of the requests so far.
    """

    def __init__(self, service_url: str, faults: tuple[Fault, ...]) -> None:
        self.address = ""
        self.requests: list[Request] = []
        self._service = urlsplit(service_url)
        self._faults = faults
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self, tls: ssl.SSLContext | None) -> None:
        """Listen on a free port."""
        listening = socket.create_server(("127.0.0.1", 0))
        if any(fault.hang or fault.bytes_per_s or fault.slow_s or fault.call for fault in self._faults):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        self._server = await asyncio.start_server(self._accept, sock=listening, ssl=tls, limit=_STREAM_BYTES)

    async def stop(self) -> None:
        """Stop listening, and end all connections."""
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._clients.add(task)
        try:
            while request := await read_request(reader):
                self.requests.append(request)
                await _Exchange(self._service.geturl(), request, reader, writer).run(self._faults)
        except (_RequestIsOver, OSError, EOFError, asyncio.CancelledError, asyncio.LimitOverrunError):
            pass  # IncompleteReadError is an EOFError; asyncio logs a CancelledError as an error
        finally:
            self._clients.discard(task)
            writer.close()


class _Exchange:
    """One request of a client, and its answer."""

    def __init__(
        self, service_url: str, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._service = urlsplit(service_url)
        self._request = request
        self._reader = reader
        self._writer = writer
        self._body = body_pieces(request, reader)

    async def run(self, faults: tuple[Fault, ...]) -> None:
        """Answer the request, with the first fault that matches.

        Raises:
            _RequestIsOver: The connection has ended.
        """
        content = b""
        if any(fault.body_has and re.fullmatch(fault.method, self._request.method) for fault in faults):
            content = await self._keep_body()
        fault = next((one for one in faults if one.matches(self._request.method, self._request.target, content)), None)
        await self._run(fault or Fault(method="", path="", left=[0]))

    async def _run(self, fault: Fault) -> None:
        moment = fault.moment
        await asyncio.sleep(fault.delay_s)
        if moment is When.BEFORE:
            await self._strike(fault)
        if moment is When.AFTER and fault.ends_the_request:
            async for _ in self._paced(fault):
                pass
            await self._strike(fault)
        if fault.repeat:
            content = await self._keep_body()
            await self._forward(fault)
            self._body = _only(content)
        answer = await self._forward(fault)
        if moment is When.DONE:
            await self._strike(fault)
        await self._send(fault, _changed(answer, fault))

    async def _keep_body(self) -> bytes:
        content = b"".join([piece async for piece in self._body])
        self._body = _only(content)
        return content

    async def _strike(self, fault: Fault) -> None:
        """Do what the fault does at its moment."""
        if fault.call:
            fault.call()
            await asyncio.sleep(_SIGNAL_S)
        if fault.hang:
            await self._wait_until_the_client_leaves()
            raise _RequestIsOver
        if fault.reset:
            _reset(self._writer)
            raise _RequestIsOver
        if fault.status and fault.moment is not When.ANSWERING:
            answer = page(fault.status, fault.message, fault.body, fault.headers)
            self._writer.write(answer.head(self._request.method) + answer.content)
            await self._writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._drop_body(), _LINGER_S)
        if fault.status or fault.close:
            raise _RequestIsOver

    async def _wait_until_the_client_leaves(self) -> None:
        """Wait for the end of the connection without reading; Source: poll(2), POLLRDHUP."""
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket").fileno(), select.POLLRDHUP)
        while not poll.poll(0):
            await asyncio.sleep(_POLL_S)

    async def _drop_body(self) -> None:
        async for _ in self._body:
            pass

    async def _paced(self, fault: Fault) -> AsyncIterator[bytes]:
        """Yield the pieces of the body at the speed of the line; the fault strikes in the middle."""
        strikes_at = fault.after_bytes or self._request.length_bytes // 2 or PIECE_BYTES
        left = strikes_at if fault.moment is When.DURING else 0
        async for piece in self._body:
            for part in (*_parts(piece[:left], fault.bytes_per_s), *_parts(piece[left:], fault.bytes_per_s)):
                await asyncio.sleep(len(part) / fault.bytes_per_s if fault.bytes_per_s else fault.slow_s)
                yield part
                if left:
                    left = max(left - len(part), 0)
                    if not left:
                        await self._strike(fault)

    async def _forward(self, fault: Fault) -> Answer:
        """Send the request to the service, and return its answer."""
        reader, writer = await asyncio.open_connection(self._service.hostname, self._service.port, limit=_STREAM_BYTES)
        try:
            writer.write(request_head(self._request, self._service.path.rstrip("/") + self._request.target))
            is_body = self._request.has_body
            async for piece in self._paced(fault) if is_body else _only(b""):
                writer.write(framed(self._request, piece) if piece else b"")
                await writer.drain()
            if is_body:
                writer.write(framed(self._request, b""))
            if fault.call and fault.moment is When.AFTER:
                await self._strike(fault)
            return await read_answer(self._request, reader)
        finally:
            _reset(writer)  # after a fault during the body, the service must not take what it has for the whole body

    async def _send(self, fault: Fault, answer: Answer) -> None:
        """Send the answer to the client."""
        if fault.moment is not When.ANSWERING:
            self._writer.write(answer.head(self._request.method) + answer.content)
            await self._writer.drain()
            return
        middle = len(answer.content) // 2
        self._writer.write(answer.head(self._request.method))
        for part in _parts(answer.content[:middle], fault.bytes_per_s):
            self._writer.write(part)
            await self._writer.drain()
            await asyncio.sleep(len(part) / fault.bytes_per_s if fault.bytes_per_s else 0)
        await self._strike(fault)
        self._writer.write(answer.content[middle:])
        await self._writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Reset a connection: a socket with this option sends RST instead of FIN. Source: socket(7), SO_LINGER."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _changed(answer: Answer, fault: Fault) -> Answer:
    content = answer.content
    if fault.change and content:
        record = json.loads(content)
        fault.change(record)
        content = json.dumps(record).encode()
    return replace(answer, content=fault.garble(content) if fault.garble and content else content)


def _parts(piece: bytes, bytes_per_s: int) -> Iterator[bytes]:
    """Yield the parts of a piece that a line of this speed carries in a tenth of a second; 0: the whole piece."""
    step = max(bytes_per_s // _STEPS_PER_S, 1) if bytes_per_s else len(piece)
    for start in range(0, len(piece), step or 1):
        yield piece[start : start + step]


async def _only(content: bytes) -> AsyncIterator[bytes]:
    yield content
