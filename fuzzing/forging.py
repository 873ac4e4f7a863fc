"""Check sums that are always right: whoever makes a disk to hurt computes them anew, which chance cannot."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from unittest import mock


class _Agreeing(int):
    """A number that equals every other."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def _agreeing(*_: object) -> _Agreeing:
    return _Agreeing()


def _right(*_: object) -> bool:
    return True


_FORGED: tuple[tuple[str, str, object], ...] = (
    ("guestinspect.disk.filesystems.xfs_structures", "check", _right),
    ("guestinspect.disk.filesystems.ext_checksums", "_METADATA_CSUM", 0),
    ("guestinspect.disk.volumes.lvm", "_crc", _agreeing),
    ("fs_explorer.filesystems.btrfs.btree", "checksum_ok", _right),
    ("fs_explorer.filesystems.btrfs.super", "checksum_ok", _right),
    ("fs_explorer.partitions.gpt", "zlib", SimpleNamespace(crc32=_agreeing)),
    ("fs_explorer.containers.vhdx", "_crc_ok", _right),
)


@contextmanager
def forged() -> Iterator[None]:
    """As long as the context lasts, the readers believe every check sum."""
    with ExitStack() as stack:
        for module, name, instead in _FORGED:
            with suppress(ImportError):  # without the library there is nothing to forge
                stack.enter_context(mock.patch.object(importlib.import_module(module), name, instead))
        yield
