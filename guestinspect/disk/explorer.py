"""Adapter to fs-explorer: our blocks as its sources and back, its errors as ``Unreadable``.

Its public functions open a whole disk and give no access to a single partition. So its drivers are used: plain classes,
whose interface is fixed by the pinned version.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Protocol

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.limits import CACHE_BYTES, TABLE_BYTES
from guestinspect.disk.tree import Unreadable

if TYPE_CHECKING:
    from fs_explorer.io.source import RandomAccess
    from fs_explorer.tree import Context, Driver, LayerObject

MISSING_LIBRARY = "fs-explorer is not installed: pip install fs-explorer"

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
    """Prevent fs-explorer from importing all of its drivers, in a process that uses only some of them.

    The ``__init__`` of the package imports every format, archives included, which takes 5 % of an inspection's time. An
    empty module in its place still has the path under which the submodules are found.
    """
    if "fs_explorer" not in sys.modules and (spec := find_spec("fs_explorer")):
        sys.modules["fs_explorer"] = module_from_spec(spec)


def open_with_driver(name: str, blocks: Blocks) -> LayerObject:
    """Open blocks with a driver of fs-explorer.

    Args:
        name: The driver's key in ``_DRIVERS``.
        blocks: The only source of the driver: it cannot open another file.

    Raises:
        Unreadable: The driver is not installed, or does not support the content of the blocks.
    """
    with errors_as_unreadable(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a VHD with an outdated checksum, as some tools leave it
        source = as_random_access(blocks)
        tree = importlib.import_module("fs_explorer.tree")
        hint = tree.ProbeHint(source, source.read_at(0, tree.ProbeHint.HEAD), b"", source.size)
        module, class_name = _DRIVERS[name]
        driver: type[Driver] = getattr(importlib.import_module(f"fs_explorer.{module}"), class_name)
        return driver.open(source, make_context(), hint)


def crc32c(data: bytes, previous: int = 0) -> int:
    """Return the checksum of ext4, XFS and btrfs.

    Args:
        data: The bytes.
        previous: The checksum of the bytes before them.
    """
    with errors_as_unreadable("the disk"):
        from fs_explorer.codecs.crc32c import crc32c as computed
    return computed(data, previous)


@contextmanager
def errors_as_unreadable(path: str) -> Iterator[None]:
    """Turn every error that fs-explorer raises into one: its own, and Python's for a disk that nobody foresaw.

    Args:
        path: Names in the message what is being read.

    Raises:
        Unreadable: Instead of them.
    """
    try:
        yield
    except Unreadable:
        raise
    except ImportError as error:
        raise Unreadable(path, MISSING_LIBRARY) from error
    except Exception as error:  # hostile disks reach code paths that the authors of a reader did not foresee
        # An error of fs-explorer explains the damage; one of Python ("list index out of range") explains nothing alone.
        is_explained = f"{error}" and type(error).__module__.startswith("fs_explorer.")
        why = f"{error}" if is_explained else f"a structure is inconsistent ({type(error).__name__}: {error})"
        raise Unreadable(path, why) from error


def as_random_access(blocks: Blocks) -> RandomAccess:
    """Return blocks as a source of fs-explorer."""
    source = importlib.import_module("fs_explorer.io.source")

    class BlocksSource(source.RandomAccess):  # type: ignore[name-defined, misc]  # imported by name
        size = blocks.size_bytes

        def read_at(self, off: int, n: int) -> bytes:
            if n > TABLE_BYTES:
                raise Unreadable("the disk", f"a table or file has {n} bytes; at most {TABLE_BYTES} are read")
            return blocks.read_at(off, n) if off >= 0 else b""

    blocks_source: RandomAccess = BlocksSource()
    return blocks_source


class ExplorerBlocks:
    """A source of fs-explorer as blocks.

    Args:
        source: The decoded content of a disk.
    """

    def __init__(self, source: RandomAccess) -> None:
        self._source = source
        self.size_bytes = source.size

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        with errors_as_unreadable("the disk"):
            return bytes(self._source.read_at(offset_bytes, length_bytes))


def make_context() -> Context:
    """Return a context for a driver: one thread, no password, no access to another file."""
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


class StreamDecoder(Protocol):
    """A decompressor that takes its input piece by piece."""

    def decompress(self, data: bytes) -> bytes:
        """Return all that this input yields."""


def open_zstd_decoder(head: bytes, window_bytes: int) -> tuple[StreamDecoder, int, bool]:
    """Return a decoder for a frame of zstd, the length of the frame's header, and True if a checksum ends the frame.

    Args:
        head: The first bytes of the frame.
        window_bytes: The longest window that the frame may need in memory.

    Raises:
        Unreadable: The header is damaged, or the window is longer.
    """
    with errors_as_unreadable("the zstd frame"):
        registry = importlib.import_module("fs_explorer.codecs.registry")
        header = importlib.import_module("fs_explorer.codecs.zstd_pure").parse_frame_header(head)
        if header.window_size > window_bytes:
            raise Unreadable("the zstd frame", f"it needs {header.window_size} bytes of memory")
        return _CheckedDecoder(registry.stream_decoder("zstd")), header.header_size, header.checksum


class _CheckedDecoder:
    def __init__(self, decoder: StreamDecoder) -> None:
        self._decoder = decoder

    def decompress(self, data: bytes) -> bytes:
        with errors_as_unreadable("the zstd frame"):
            return self._decoder.decompress(data)


def find_block_codec(name: str) -> Callable[[bytes, int], bytes]:
    """Return a function that unpacks one block of ``lz4`` or ``lzo``; it takes the block and the longest content.

    Raises:
        Unreadable: The decoder is not installed.
    """
    with errors_as_unreadable(name):
        _, unpack = importlib.import_module("fs_explorer.codecs.registry").resolve(name)

    def decode(block: bytes, longest_bytes: int) -> bytes:
        with errors_as_unreadable(f"the {name} block"):
            return bytes(unpack(block, longest_bytes))

    return decode


class CpioHeader(Protocol):
    """The header of a member of a cpio archive. Source: cpio(5), "New ASCII Format"."""

    fmt: str
    dev: tuple[int, int]
    ino: int
    mode: int
    nlink: int
    mtime: int
    size: int
    name: str


def read_cpio_header(source: object) -> CpioHeader | None:
    """Return the header of the next member of a cpio archive; None at the end of the source.

    Args:
        source: Has a method ``read(length)`` and a number ``pos``.

    Raises:
        Unreadable: The header is damaged.
    """
    with errors_as_unreadable("the cpio archive"):
        header: CpioHeader | None = importlib.import_module("fs_explorer.archives.cpio").read_header(source)
        return header
