"""A look inside a guest, by a process of its own: whatever the disk does to it, the user's command goes on."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from typing import Protocol, runtime_checkable

from guestinspect import serialization
from guestinspect.disk.blocks import Blocks
from guestinspect.disk.tree import Unreadable
from guestinspect.process import limits
from guestinspect.process.child import BlockChannel, ChildProcess, Stopped
from guestinspect.process.limits import MIB, Limits
from guestinspect.process.pipe import ProtocolError, Questions
from guestinspect.serialization import Inspection

_TO_FETCH = 0.8
"""The part of the time in which a disk may be fetched. What was found by then is told in the rest."""

_TARGET = "guestinspect.inspector:main"


@runtime_checkable
class OpenFile(Protocol):
    """An open file, or block device."""

    def fileno(self) -> int:
        """Its number."""


class RemoteDisk(Blocks, Protocol):
    """A disk that is not here, and counts what it costs to read it."""

    bytes_read: int
    requests: int


def inspect(source: OpenFile | RemoteDisk) -> Inspection:
    """What a look inside finds. A disk that breaks it, or takes too long, leaves all of it unknown and says why.

    Args:
        source: The disk: an open file, whose place is left alone, or whoever fetches it.

    Raises:
        Error: The disk could not be fetched, in the words of whoever fetches it.
    """
    if isinstance(source, OpenFile):
        return inspect_open_file(source, limits.FILE, _TARGET)
    return inspect_remote(source, limits.ELSEWHERE, _TARGET)


def inspect_open_file(file: OpenFile, limits: Limits, target: str) -> Inspection:
    """The same, for an open file; ``target`` is the function that looks."""
    try:
        return serialization.from_json(ChildProcess(limits, target).output(file.fileno()))
    except (Stopped, serialization.InvalidOutput) as failure:
        return serialization.nothing(str(failure))


def inspect_remote(disk: RemoteDisk, limits: Limits, target: str) -> Inspection:
    """The same, for a disk that has to be fetched."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = BlockChannel(ours, Questions(_Bounded(disk, limits)))
        try:
            found = serialization.from_json(ChildProcess(limits, target).output(theirs.fileno(), disk.size_bytes, line))
        except (Stopped, serialization.InvalidOutput, ProtocolError) as failure:
            found = serialization.nothing(str(failure))
    return replace(found, bytes_read=disk.bytes_read)


class _Bounded:
    """A disk that is not here, as far as fetching it is worth its cost; then the rest of it is unreadable."""

    def __init__(self, disk: RemoteDisk, limits: Limits) -> None:
        self.size_bytes = disk.size_bytes
        self._disk = disk
        self._limits = limits
        self._until_s = time.monotonic() + _TO_FETCH * limits.wall_s

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        if self._disk.bytes_read >= self._limits.moved_bytes:
            raise Unreadable("the image", f"more than {self._limits.moved_bytes // MIB} MiB of it would be needed")
        if self._disk.requests >= self._limits.requests:
            raise Unreadable("the image", f"more than {self._limits.requests} requests would be needed")
        if time.monotonic() > self._until_s:
            raise Unreadable("the image", "fetching it takes too long")
        return self._disk.read_at(offset_bytes, length_bytes)
