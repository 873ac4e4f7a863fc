"""The inspection of a guest by a process of its own: whatever the disk does to it, the caller goes on."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from typing import Protocol, runtime_checkable

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.tree import Unreadable
from guestinspect.model.inspection import Inspection, InvalidOutput, from_json, unknown_inspection
from guestinspect.process.child import BlockChannel, ChildFailed, ChildProcess
from guestinspect.process.limits import LOCAL, MIB, REMOTE, Limits
from guestinspect.process.pipe import BlockServer, ProtocolError

_FETCH_SHARE = 0.8
"""The part of the time in which blocks are fetched. The rest is for the report of what was found by then."""

_TARGET = "guestinspect.inspector:main"


@runtime_checkable
class OpenFile(Protocol):
    """An open file, or block device."""

    def fileno(self) -> int:
        """Return its file descriptor."""


class RemoteDisk(Blocks, Protocol):
    """A disk that has to be fetched, and counts what reading it costs."""

    bytes_read: int
    requests: int


def inspect_file(file: OpenFile, limits: Limits = LOCAL, target: str = _TARGET) -> Inspection:
    """Inspect the guest on a disk in an open file; if the disk breaks the child, all facts are unknown.

    Args:
        file: The file, whose position stays.
        limits: The most that the child may use.
        target: The function that inspects: ``module:function``.
    """
    try:
        return from_json(ChildProcess(limits, target).output(file.fileno()))
    except (ChildFailed, InvalidOutput) as failure:
        return unknown_inspection(str(failure))


def inspect_blocks(disk: RemoteDisk, limits: Limits = REMOTE, target: str = _TARGET) -> Inspection:
    """Inspect the guest on a disk that has to be fetched; an error of ``disk`` ends the inspection and is raised.

    Args:
        disk: The disk.
        limits: The most that the child may use, and that may be fetched.
        target: The function that inspects: ``module:function``.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = BlockChannel(ours, BlockServer(LimitedBlocks(disk, limits)))
        try:
            report = ChildProcess(limits, target).output(theirs.fileno(), disk.size_bytes, channel)
            found = from_json(report)
        except (ChildFailed, InvalidOutput, ProtocolError) as failure:
            found = unknown_inspection(str(failure))
    return replace(found, bytes_read=disk.bytes_read)


class LimitedBlocks:
    """A remote disk of which no more can be read once its limits are reached.

    Args:
        disk: The disk.
        limits: The most that may be fetched.
    """

    def __init__(self, disk: RemoteDisk, limits: Limits) -> None:
        self.size_bytes = disk.size_bytes
        self._disk = disk
        self._limits = limits
        self._until_s = time.monotonic() + _FETCH_SHARE * limits.wall_s

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes from an offset on; fewer only at the end.

        Raises:
            Unreadable: A limit is reached.
        """
        if self._disk.bytes_read >= self._limits.fetched_bytes:
            raise Unreadable("the image", f"more than {self._limits.fetched_bytes // MIB} MiB of the image are needed")
        if self._disk.requests >= self._limits.requests:
            raise Unreadable("the image", f"more than {self._limits.requests} requests are needed")
        if time.monotonic() > self._until_s:
            raise Unreadable("the image", f"fetching it takes longer than {_FETCH_SHARE * self._limits.wall_s:g} s")
        return self._disk.read_at(offset_bytes, length_bytes)
