"""The two ends of a file: what nearly every fact about a disk is read from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO, Protocol

from guestinspect.model.fact import NotYet

HEAD_BYTES = 4 * 1024**2
"""Holds the first cluster of any qcow2 (2 MiB at most, with its header and names) and the metadata of a VHDX where
QEMU and Hyper-V put it (at 2 MiB)."""

_CLUSTER_BYTES = 64 * 1024
"""The usual cluster of a qcow2, and as much as is needed to see a format. Where the disk is elsewhere, the rest of the
head would be a third of all that is moved to judge a guest."""

_BOOT_CODE = (b"\0", b"\xeb", b"\xe9", b"\xfa", b"\xfc", b"\x31", b"\x33")
"""How the code of boot sectors begins: none at all, a jump, cli, cld, xor ax,ax."""

TAIL_BYTES = 2048
"""Holds a VHD's footer (512 bytes) and the footer and end-of-stream marker of a streamOptimized VMDK (1536 bytes)."""

NOT_ALL_READ = "standard input can be judged only when all of it has been read"


class Ends(Protocol):
    """The first ``HEAD_BYTES``, the last ``TAIL_BYTES`` and the size of a file; what cannot be had raises Unknown."""

    @property
    def head(self) -> bytes: ...

    @property
    def tail(self) -> bytes: ...

    @property
    def size_bytes(self) -> int: ...


class EndsOfFile:
    """The ends of an open file or block device, each read when first asked for."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self.size_bytes = size_bytes

    @cached_property
    def head(self) -> bytes:
        first = read(self._file, 0, min(_CLUSTER_BYTES, self.size_bytes))
        if self.size_bytes > HEAD_BYTES and (_is_all_of_qcow2(first) or _is_boot_sector(first)):
            return first
        return first + read(self._file, len(first), min(HEAD_BYTES, self.size_bytes) - len(first))

    @cached_property
    def tail(self) -> bytes:
        start = max(0, self.size_bytes - TAIL_BYTES)
        return read(self._file, start, self.size_bytes - start)


@dataclass(frozen=True)
class HeadOnly:
    """The beginning of a file that is still being read."""

    head: bytes

    @property
    def tail(self) -> bytes:
        raise NotYet(NOT_ALL_READ)

    @property
    def size_bytes(self) -> int:
        raise NotYet(NOT_ALL_READ)


@dataclass(frozen=True)
class BothEnds:
    """What is left of a file that has been read once."""

    head: bytes
    tail: bytes
    size_bytes: int


def _is_all_of_qcow2(first: bytes) -> bool:
    """Whether these bytes hold the first cluster of a qcow2. Source: QEMU's docs/interop/qcow2.txt."""
    return first.startswith(b"QFI\xfb") and 9 <= int.from_bytes(first[20:24], "big") <= 16


def _is_boot_sector(first: bytes) -> bool:
    """Whether a raw disk begins here. What is read of its head (GPT, ISO's first descriptor) is in its first 64 KiB.

    The first byte tells it from the formats, whose names begin with a letter.
    """
    return first[510:512] == b"\x55\xaa" and first[:1] in _BOOT_CODE


def read(file: BinaryIO, offset: int, length: int) -> bytes:
    """Bytes of a file; fewer than asked for only where it ends (an unbuffered file may give less at a time)."""
    file.seek(offset)
    parts = []
    while length and (part := file.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
