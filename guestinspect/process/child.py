"""The child process that inspects a guest: its parent starts it, answers its requests, and always ends it."""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from guestinspect.model.inspection import LIMIT_BYTES
from guestinspect.process import bootstrap, modules
from guestinspect.process.limits import MIB, Limits
from guestinspect.process.pipe import BlockServer

_PIECE_BYTES = 64 * 1024

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildFailed(Exception):
    """The child did not finish its work; the message is the end of a sentence."""


class BlockChannel:
    """The parent's end of the socket on which the child requests blocks of a remote disk.

    It does not block: a child that does not take its answer must not keep the parent waiting.

    Args:
        end: The parent's end.
        server: Answers the requests.
    """

    def __init__(self, end: socket.socket, server: BlockServer) -> None:
        self.end = end
        self._server = server
        self._pending = memoryview(b"")
        end.setblocking(False)

    def advance(self) -> int:
        """Receive what arrived, or send what is pending.

        Returns:
            The event of :mod:`selectors` to wait for next; 0 if the child has closed its end.
        """
        arrived = b""
        try:
            if self._pending:
                self._pending = self._pending[self.end.send(self._pending) :]
            elif not (arrived := self.end.recv(_PIECE_BYTES)):
                return 0
        except ConnectionError:
            return 0
        if arrived:
            self._pending = memoryview(self._server.answer(arrived))  # an error of the disk is not one of the channel
        return selectors.EVENT_WRITE if self._pending else selectors.EVENT_READ


class ChildProcess:
    """A child process and its limits.

    Args:
        limits: The most that it may use.
        target: The function that it calls: ``module:function``.
    """

    def __init__(self, limits: Limits, target: str) -> None:
        self._limits = limits.within_inherited()
        self._target = target
        self._deadline_s = 0.0

    def output(self, fd: int, size_bytes: int | None = None, channel: BlockChannel | None = None) -> bytes:
        """Run the child and return its report.

        Args:
            fd: The open file that it inspects, or its end of the socket to a remote disk.
            size_bytes: The size of a remote disk.
            channel: The parent's end of the socket to a remote disk.

        Raises:
            ChildFailed: It crashed, failed, or had to be stopped.
        """
        order: dict[str, Any] = {
            "bytecode_folder": modules.bytecode_folder(),
            "folders": modules.folders(),
            "limits": self._limits.of_process(),
            "size_bytes": size_bytes,
            "target": self._target,
        }
        self._deadline_s = time.monotonic() + self._limits.wall_s
        readable, writable = os.pipe()
        with ExitStack() as stack:
            ours = stack.enter_context(open(readable, "rb", buffering=0))
            theirs = stack.enter_context(open(writable, "wb", buffering=0))
            with _duplicated(fd, writable) as (disk_fd, report_fd):
                order |= {"disk_fd": disk_fd, "report_fd": report_fd}
                process = stack.enter_context(_running(order, (disk_fd, report_fd)))
            # the report ends when nobody has the pipe open for writing, this process included: pipe(7)
            theirs.close()
            report = self._receive(ours.fileno(), channel)
            self._wait(process)
        return report

    def _receive(self, readable: int, channel: BlockChannel | None) -> bytes:
        """Return the report, when the child has closed its pipe; answer its requests in between."""
        report = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(readable, selectors.EVENT_READ)
            if channel:
                selector.register(channel.end, selectors.EVENT_READ, channel)
            while True:
                for key, _ in selector.select(self._remaining_s()):
                    if key.data and (event := key.data.advance()):
                        selector.modify(key.fileobj, event, key.data)
                    elif key.data:  # the child needs no more blocks, and has its report still to write
                        selector.unregister(key.fileobj)
                    elif piece := os.read(readable, _PIECE_BYTES):
                        report += piece
                    else:
                        return bytes(report)
                if len(report) > LIMIT_BYTES:
                    raise ChildFailed(f"the inspection was stopped: its report exceeds {LIMIT_BYTES // MIB} MiB")

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the end of the child, and check its exit status."""
        try:
            status = process.wait(self._remaining_s())
        except subprocess.TimeoutExpired as late:
            raise self._timeout() from late
        if status == -signal.SIGXCPU:
            raise ChildFailed(f"the inspection exceeded {self._limits.cpu_s} s of processor time and was stopped")
        if status == bootstrap.OUT_OF_MEMORY:
            raise ChildFailed(
                f"the inspection exceeded {self._limits.memory_bytes // MIB} MiB of memory and was stopped"
            )
        if status < 0:
            raise ChildFailed(f"the inspection crashed ({signal.strsignal(-status) or -status})")
        if status > 0:
            raise ChildFailed(f"the inspection failed with exit status {status}")

    def _remaining_s(self) -> float:
        remaining = self._deadline_s - time.monotonic()
        if remaining <= 0:
            raise self._timeout()
        return remaining

    def _timeout(self) -> ChildFailed:
        return ChildFailed(f"the inspection took longer than {self._limits.wall_s:g} s and was stopped")


def _start(order: Mapping[str, Any], fds: tuple[int, ...]) -> subprocess.Popen[bytes]:
    """Start the child, which inherits nothing of the user's environment but these files.

    Isolated (``-I``) and without site (``-S``), Python imports nothing but its own library; ``-B``: it writes nothing.
    """
    command = [sys.executable or "", "-I", "-S", "-B", "-X", "utf8", bootstrap.__file__, json.dumps(order)]
    # The interpreter of a cluster's module may find its own library by LD_LIBRARY_PATH alone.
    libraries = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LANG": "C.UTF-8"} | libraries,
            pass_fds=fds,
        )
    except OSError as failure:
        reason = os.strerror(failure.errno or 0).lower()
        raise ChildFailed(f"the inspection could not be started: {reason}") from failure


@contextmanager
def _running(order: Mapping[str, Any], fds: tuple[int, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the child, and kill it at the end of the context, whatever ends it.

    Signals are held while it starts: one that ends this process would leave a child that nobody knows yet. The child
    inherits that they are held, and is killed when this process has them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING_SIGNALS)
    process = None
    try:
        process = _start(order, fds)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        yield process
    finally:
        if process:
            process.kill()
            process.wait()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _duplicated(*fds: int) -> Iterator[tuple[int, ...]]:
    """Duplicate open files to numbers above 2: those up to 2 are the child's standard input, output and error.

    A disk can be standard input, and a pipe gets its number where standard input is closed.
    """
    copies: list[int] = []
    try:
        copies += [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in fds]
        yield tuple(copies)
    finally:
        for fd in copies:
            os.close(fd)
