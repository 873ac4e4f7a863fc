"""The process that looks inside a guest, as its parent sees it: started, listened to, and always ended."""

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
from contextlib import contextmanager
from typing import Any

from guestinspect.process import bootstrap, modules
from guestinspect.process.limits import MIB, Limits
from guestinspect.process.pipe import Questions
from guestinspect.serialization import LIMIT_BYTES

_PIECE_BYTES = 64 * 1024


class Stopped(Exception):
    """The child did not do its work; why, as the end of a sentence."""


class BlockChannel:
    """The pipe on which the child asks for parts of the disk, and gets them.

    Args:
        end: The parent's end. A child that does not take its answer must not keep the parent waiting.
        questions: Who answers.
    """

    def __init__(self, end: socket.socket, questions: Questions) -> None:
        self.end = end
        self._questions = questions
        self._pending = memoryview(b"")
        end.setblocking(False)

    def turn(self) -> int:
        """Takes what arrived, or sends what is due. Returns: the event to wait for next; 0: it is over."""
        if self._pending:
            return self._send()
        arrived = self._receive()
        if not arrived:
            return 0
        self._pending = memoryview(self._questions.answer(arrived))
        return self._next()

    def _send(self) -> int:
        try:
            self._pending = self._pending[self.end.send(self._pending) :]
        except ConnectionError:
            return 0
        return self._next()

    def _receive(self) -> bytes:
        try:
            return self.end.recv(_PIECE_BYTES)
        except ConnectionError:
            return b""

    def _next(self) -> int:
        return selectors.EVENT_WRITE if self._pending else selectors.EVENT_READ


class ChildProcess:
    """A child and what it may use.

    Args:
        limits: What it may use.
        target: The function that it runs: ``module:function``.
    """

    def __init__(self, limits: Limits, target: str) -> None:
        self._limits = limits.within_inherited()
        self._target = target
        self._deadline_s = 0.0

    def output(self, fd: int, size_bytes: int | None = None, line: BlockChannel | None = None) -> bytes:
        """What it writes down.

        Args:
            fd: The open file that it looks at, or its end of the pipe to whoever has the disk.
            size_bytes: Of the disk at the other end of a pipe.
            line: Where it asks for parts of the disk, if the parent has it.

        Raises:
            Stopped: It crashed, failed, or had to be stopped.
        """
        modules.compile_once()
        self._deadline_s = time.monotonic() + self._limits.wall_s
        readable, writable = os.pipe()
        with open(readable, "rb", buffering=0) as ours, open(writable, "wb", buffering=0) as theirs:
            with _above_the_standard_ones(fd, writable) as (disk_fd, report_fd):
                order = {
                    "disk_fd": disk_fd,
                    "limits": self._limits.of_process(),
                    "paths": modules.folders(),
                    "report_fd": report_fd,
                    "size_bytes": size_bytes,
                    "target": self._target,
                }
                process = _start(order, (disk_fd, report_fd))
            with _ended(process):
                theirs.close()  # else there would be no end to what is read
                output = self._listen(ours.fileno(), line)
                self._end(process)
        return output

    def _listen(self, readable: int, line: BlockChannel | None) -> bytes:
        """What it writes down until it closes its pipe. In between, its questions are answered."""
        output = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(readable, selectors.EVENT_READ)
            if line:
                selector.register(line.end, selectors.EVENT_READ, line)
            while True:
                for key, _ in selector.select(self._left_s()):
                    if key.data:
                        _turn(selector, key.data)
                    elif piece := os.read(readable, _PIECE_BYTES):
                        output += piece
                    else:
                        return bytes(output)
                if len(output) > LIMIT_BYTES:
                    raise Stopped(f"the look inside had more than {LIMIT_BYTES // MIB} MiB to tell and was stopped")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Waits until it has ended as it should."""
        try:
            status = process.wait(self._left_s())
        except subprocess.TimeoutExpired as late:
            raise self._too_late() from late
        if status == -signal.SIGXCPU:
            raise Stopped(f"the look inside took more than {self._limits.cpu_s} s of processor time and was stopped")
        if status == bootstrap.OUT_OF_MEMORY:
            raise Stopped(f"the look inside took more than {self._limits.memory_bytes // MIB} MiB of memory")
        if status < 0:
            raise Stopped(f"the look inside crashed ({signal.strsignal(-status) or -status})")
        if status > 0:
            raise Stopped(f"the look inside failed with exit status {status}")

    def _left_s(self) -> float:
        left = self._deadline_s - time.monotonic()
        if left <= 0:
            raise self._too_late()
        return left

    def _too_late(self) -> Stopped:
        return Stopped(f"the look inside took more than {self._limits.wall_s:g} s and was stopped")


def _turn(selector: selectors.BaseSelector, line: BlockChannel) -> None:
    event = line.turn()
    if event:
        selector.modify(line.end, event, line)
    else:
        selector.unregister(line.end)


def _start(order: Mapping[str, Any], fds: tuple[int, ...]) -> subprocess.Popen[bytes]:
    """The child. Nothing of the user's surroundings reaches it.

    Isolated (``-I``) and without site (``-S``), Python imports nothing but its own library; ``-B``: it writes nothing.
    """
    command = [sys.executable or "", "-I", "-S", "-B", "-X", "utf8", bootstrap.__file__, json.dumps(order)]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            pass_fds=fds,
        )
    except OSError as failure:
        raise Stopped(f"the look inside could not be started: {os.strerror(failure.errno or 0).lower()}") from failure


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """It does not outlive the context, whatever ends that."""
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _above_the_standard_ones(*fds: int) -> Iterator[tuple[int, ...]]:
    """The same open files under numbers above 2: those below are the child's standard input, output and error.

    A disk can be standard input, and a pipe gets its number where that is closed.
    """
    again: list[int] = []
    try:
        again += [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3) for fd in fds]
        yield tuple(again)
    finally:
        for fd in again:
            os.close(fd)


def _environment() -> dict[str, str]:
    """Empty, but for where the interpreter of a cluster's module finds its own library."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"LANG": "C.UTF-8"} | kept
