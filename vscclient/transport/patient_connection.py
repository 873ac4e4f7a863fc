"""Connections for uploads: a line that moves is alive, however slowly; only silence ends an upload.

Python counts the timeout of ``sendall`` for all that is sent at once (its documentation: "the maximum total duration to
send all data"), and OpenSSL that of a write for the whole buffer: on a slow line a piece of 1 MiB takes longer. And a
kernel whose buffer is full takes the next byte only when a third of it is free, perhaps a megabyte later (Linux,
``sk_stream_is_writeable``). So here the bytes count that the other side has acknowledged.
"""

from __future__ import annotations

import fcntl
import select
import socket
import struct
import termios
import time
from typing import Any

from keystoneauth1.session import TCPKeepAliveAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from vscclient.transport.connection_failure import Silence

_POLL_S = 1.0
"""The time between two readings of the acknowledged bytes, in seconds."""

_RECORD_BYTES = 16 * 1024
"""The most bytes that are sent at once: one record of TLS, which is sent as a whole. Source: RFC 8446, section 5.1."""


class SilenceWatch:
    """Watches the bytes that the other side of a connection accepts.

    Args:
        connection: The connection.
        limit_s: The longest silence, in seconds.
    """

    def __init__(self, connection: socket.socket, limit_s: float) -> None:
        self._connection = connection
        self._limit_s = limit_s
        self._given_bytes = 0
        self._accepted_bytes = -self.waiting_bytes
        self._heard_s = time.monotonic()

    @property
    def waiting_bytes(self) -> int:
        """The bytes that the kernel has, and the other side has not acknowledged. Source: tcp(7), ``SIOCOUTQ``."""
        answer = fcntl.ioctl(self._connection.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", answer)[0])

    def count(self, given_bytes: int) -> None:
        """Count bytes that were given to the kernel; 0 if it takes none.

        Raises:
            Silence: Nothing was accepted for too long.
        """
        self._given_bytes += given_bytes
        accepted_bytes = self._given_bytes - self.waiting_bytes
        if accepted_bytes > self._accepted_bytes:
            self._accepted_bytes, self._heard_s = accepted_bytes, time.monotonic()
        elif time.monotonic() - self._heard_s > self._limit_s:
            raise Silence(f"no byte was accepted for {self._limit_s:g} seconds")


class _Patient(HTTPConnection):
    """A connection that sends as slowly as the other side accepts."""

    silence_s: float

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        # with a proxy by https, TLS is inside TLS: an object that is no socket
        if not isinstance(self.sock, socket.socket) or not isinstance(data, bytes):
            super().send(data)
            return
        left, before_s = memoryview(data), self.sock.gettimeout()
        watch = SilenceWatch(self.sock, self.silence_s)
        self.sock.settimeout(_POLL_S)
        try:
            while left:
                try:
                    sent = self.sock.send(left[:_RECORD_BYTES])
                except TimeoutError:  # TLS goes on with the same record; its buffer may have moved: _ssl.c of Python
                    sent = 0
                left = left[sent:]
                watch.count(sent)
        finally:
            self.sock.settimeout(before_s)

    def getresponse(self) -> Any:
        """Return the answer; before it comes, what the kernel still has must go on moving."""
        connection = self.sock
        if isinstance(connection, socket.socket):
            watch = SilenceWatch(connection, self.silence_s)
            while watch.waiting_bytes and not select.select([connection], [], [], _POLL_S)[0]:
                watch.count(0)
        return super().getresponse()


class _PatientTls(_Patient, HTTPSConnection):
    """The same with TLS."""


class PatientAdapter(TCPKeepAliveAdapter):
    """An adapter of requests for uploads.

    Args:
        connect_s: How long a connection may take to be made, in seconds.
        silence_s: How long the other side may accept nothing, in seconds.
    """

    def __init__(self, connect_s: float, silence_s: float) -> None:
        self._connect_s = connect_s
        self._silence_s = silence_s
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of connections, which are patient."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Return the pools of connections by a proxy; they are patient, too."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, type[HTTPConnectionPool]]:
        patience = {"silence_s": self._silence_s}
        return {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": type("Connection", (_Patient,), patience)}),
            "https": type(
                "TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": type("TlsConnection", (_PatientTls,), patience)}
            ),
        }

    def send(self, *args: Any, **options: Any) -> Any:
        """Send a request. Its timeout is that of the answer, which may come long after the last byte."""
        options["timeout"] = (self._connect_s, options.get("timeout"))
        return super().send(*args, **options)
