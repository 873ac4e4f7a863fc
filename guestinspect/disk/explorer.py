"""What it takes to use fs-explorer: our blocks as its own and back, its errors as ours.

Its public calls take a whole disk and give no partition, so its drivers are used: plain classes, whose shape is fixed
by the pinned version.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.limits import CACHE_BYTES, TABLE_BYTES
from guestinspect.disk.tree import Unreadable

if TYPE_CHECKING:
    from fs_explorer.io.source import RandomAccess
    from fs_explorer.tree import Context, Driver, LayerObject

MISSING_LIBRARY = "fs-explorer is not installed: pip install 'python-vscclient[inspect]'"

_DRIVERS = {
    "qcow2": ("containers.qcow2", "QCOW2Driver"),
    "vdi": ("containers.vdi", "VDIDriver"),
    "vhd": ("containers.vhd", "VHDDriver"),
    "vhdx": ("containers.vhdx", "VHDXDriver"),
    "vmdk": ("containers.vmdk", "VMDKDriver"),
    "gpt": ("partitions.gpt", "GPTDriver"),
    "mbr": ("partitions.mbr", "MBRDriver"),
    "btrfs": ("filesystems.btrfs.fs", "BtrfsDriver"),
    "vfat": ("filesystems.fat", "FATDriver"),
}


def skip_unused_modules() -> None:
    """Keeps fs-explorer from importing all that it can do, archives too, with any part of it: a twentieth of a look's
    time. For a process that uses nothing but its drivers."""
    if "fs_explorer" not in sys.modules and (spec := find_spec("fs_explorer")):
        sys.modules["fs_explorer"] = module_from_spec(spec)


def open_with_driver(name: str, blocks: Blocks) -> LayerObject:
    """What a driver of fs-explorer makes of blocks.

    Args:
        name: Of the driver.
        blocks: What it reads. It is given nothing else: no file beside this one is ever opened.

    Raises:
        Unreadable: The driver is not there, or does not understand the blocks.
    """
    with errors_as_unreadable(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a VHD whose check sum is stale, as some tools leave it
        source = as_random_access(blocks)
        tree = importlib.import_module("fs_explorer.tree")
        hint = tree.ProbeHint(source, source.read_at(0, tree.ProbeHint.HEAD), b"", source.size)
        return _driver(name).open(source, context(), hint)


def crc32c(data: bytes, before: int = 0) -> int:
    """The check sum of ext4, XFS and btrfs, of data after other data of which it is known."""
    with errors_as_unreadable("the disk"):
        from fs_explorer.codecs.crc32c import crc32c as computed
    return computed(data, before)


@contextmanager
def errors_as_unreadable(what: str) -> Iterator[None]:
    """Makes one error of all that fs-explorer may raise: its own, and Python's for what nobody foresaw on a bad disk.

    Args:
        what: Is being read, for the error's sentence.

    Raises:
        Unreadable: Instead of them.
    """
    try:
        yield
    except Unreadable:
        raise
    except ImportError as error:
        raise Unreadable(what, MISSING_LIBRARY) from error
    except Exception as error:  # a disk made to hurt finds what its readers did not think of
        raise Unreadable(what, f"{error}" or type(error).__name__) from error


def as_random_access(blocks: Blocks) -> RandomAccess:
    """Blocks as fs-explorer takes them."""
    source = importlib.import_module("fs_explorer.io.source")

    class Ours(source.RandomAccess):  # type: ignore[name-defined, misc]
        size = blocks.size_bytes

        def read_at(self, off: int, n: int) -> bytes:
            if n > TABLE_BYTES:
                raise Unreadable("the disk", f"a table or file of it has {n} bytes; {TABLE_BYTES} are read at most")
            return blocks.read_at(off, n) if off >= 0 else b""

    ours: RandomAccess = Ours()
    return ours


class ExplorerBlocks:
    """What fs-explorer reads, as blocks.

    Args:
        source: Its own blocks.
    """

    def __init__(self, source: RandomAccess) -> None:
        self._source = source
        self.size_bytes = source.size

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        with errors_as_unreadable("the disk"):
            return bytes(self._source.read_at(offset_bytes, length_bytes))


def context() -> Context:
    """Without a thread of its own, a password, or a way to another file."""
    tree = importlib.import_module("fs_explorer.tree")
    cache = importlib.import_module("fs_explorer.io.cache")
    parallel = importlib.import_module("fs_explorer.io.parallel")
    stats = importlib.import_module("fs_explorer.io.stats").Stats()
    context: Context = tree.Context(
        cache.Cache(CACHE_BYTES, stats),
        stats,
        pool=parallel.Pool(threads=1),
        options={"btrfs_verify_csum": True},
    )
    return context


def _driver(name: str) -> type[Driver]:
    module, of_class = _DRIVERS[name]
    driver: type[Driver] = getattr(importlib.import_module(f"fs_explorer.{module}"), of_class)
    return driver
