"""Checksums that always match: an attacker recomputes them after a change, which random damage cannot."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import SimpleNamespace
from unittest import mock


class _EqualToAll(int):
    """A number that equals every other number."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def _compute_equal(*_: object) -> _EqualToAll:
    return _EqualToAll()


def _accept(*_: object) -> bool:
    return True


_FORGED: tuple[tuple[str, str, object], ...] = (
    ("guestinspect.disk.filesystems.xfs_structures", "check", _accept),
    ("guestinspect.disk.filesystems.ext_checksums", "_METADATA_CSUM", 0),
    ("guestinspect.disk.volumes.lvm", "_crc", _compute_equal),
    ("fs_explorer.filesystems.btrfs.btree", "checksum_ok", _accept),
    ("fs_explorer.filesystems.btrfs.super", "checksum_ok", _accept),
    ("fs_explorer.partitions.gpt", "zlib", SimpleNamespace(crc32=_compute_equal)),
    ("fs_explorer.containers.vhdx", "_crc_ok", _accept),
)


@contextmanager
def forge_checksums() -> Iterator[None]:
    """Make the readers accept every checksum for the time of a context."""
    with ExitStack() as stack:
        for module, name, replacement in _FORGED:
            with suppress(ImportError):  # the library is not installed
                stack.enter_context(mock.patch.object(importlib.import_module(module), name, replacement))
        yield
