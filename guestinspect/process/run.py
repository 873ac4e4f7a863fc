"""A look inside a guest, by a process of its own: whatever the disk does to it, the user's command goes on."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from typing import Protocol, runtime_checkable

from guestinspect import serialization
from guestinspect.disk.blocks import Blocks
from guestinspect.disk.tree import Unreadable
from guestinspect.model.inspection import Inspection, unknown_inspection
from guestinspect.process import limits
from guestinspect.process.child import BlockChannel, ChildProcess, Stopped
from guestinspect.process.limits import MIB, Limits
from guestinspect.process.pipe import ProtocolError, Questions

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


def inspect_file(file: OpenFile, limits: Limits = limits.FILE, target: str = _TARGET) -> Inspection:
    """Inspect the guest on a disk in an open file; a disk that breaks the child leaves it unknown, with the reason.

    Args:
        file: The file, whose position stays.
        limits: What the child may use.
        target: The function that inspects: ``module:function``.
    """
    try:
        return serialization.from_json(ChildProcess(limits, target).output(file.fileno()))
    except (Stopped, serialization.InvalidOutput) as failure:
        return unknown_inspection(str(failure))


def inspect_blocks(disk: RemoteDisk, limits: Limits = limits.ELSEWHERE, target: str = _TARGET) -> Inspection:
    """Inspect the guest on a disk that has to be fetched; an error that ``disk`` raises ends the inspection.

    Args:
        disk: The disk.
        limits: What the child may use, and how much may be fetched.
        target: The function that inspects: ``module:function``.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = BlockChannel(ours, Questions(_Bounded(disk, limits)))
        try:
            found = serialization.from_json(ChildProcess(limits, target).output(theirs.fileno(), disk.size_bytes, line))
        except (Stopped, serialization.InvalidOutput, ProtocolError) as failure:
            found = unknown_inspection(str(failure))
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
