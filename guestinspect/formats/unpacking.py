"""Unpacking the one file in a compressed file, as the cloud does: Glance's plugin for imports, and Cinder for volumes.

Sources: Glance, ``glance/async_/flows/plugins/image_decompression.py`` (gzip, zip and lha; a zip or lha with one file);
Cinder, ``cinder/image/accelerator.py`` (gzip).
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import BinaryIO, cast

from guestinspect.model.fact import Unknown

_UNPACKED_BYTES = 128 * 1024
"""The beginning of a compressed file that is unpacked: enough for every magic number."""

_GZIP = zlib.MAX_WBITS | 16
"""The largest window, with the header of gzip. Source: zlib's manual, inflateInit2."""

_LZMA_MEMORY_BYTES = 128 * 1024**2

_PIECE_BYTES = 1024**2

MAX_BYTES = 1024**4
"""1 TiB: what a compressed file of 1 GiB can become. Larger disks are not unpacked."""


def unpack_beginning(head: bytes, archive_format: str) -> bytes:
    """Return the first bytes of the content of a compressed file; none for a format that Python cannot unpack.

    Args:
        head: The first bytes of the compressed file.
        archive_format: Its kind.
    """
    with suppress(OSError, EOFError, zlib.error, lzma.LZMAError):
        match archive_format:
            case "gzip":
                return zlib.decompressobj(_GZIP).decompress(head, _UNPACKED_BYTES)
            case "xz":
                unpacker = lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES)
                return unpacker.decompress(head, max_length=_UNPACKED_BYTES)
            case "bzip2":
                return bz2.BZ2Decompressor().decompress(head, max_length=_UNPACKED_BYTES)
    return b""


def unpack(packed: BinaryIO, archive_format: str, target: BinaryIO, has_room: Callable[[int], bool]) -> None:
    """Write the content of a compressed file to another file, with holes in place of zeros.

    Args:
        packed: The compressed file; its position changes.
        archive_format: The kind: "gzip" or "zip".
        target: The file for the content, empty.
        has_room: Returns True if so many more bytes can be stored.

    Raises:
        Unknown: The file is damaged or encrypted, contains several files, or its content is too long.
    """
    packed.seek(0)
    size_bytes = 0
    try:
        with _opened(packed, archive_format) as content:
            while piece := content.read(_PIECE_BYTES):
                size_bytes += len(piece)
                if size_bytes > MAX_BYTES or not has_room(len(piece)):
                    raise Unknown(f"there is not enough space to unpack the {archive_format} file")
                if piece.strip(b"\0"):
                    target.write(piece)
                else:
                    target.seek(size_bytes)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as damage:
        # RuntimeError: the zip is encrypted. NotImplementedError: it uses a method that Python does not know.
        reason = getattr(damage, "strerror", None) or damage
        raise Unknown(f"the {archive_format} file cannot be unpacked: {reason}") from damage
    target.truncate(size_bytes)
    target.flush()


def _opened(packed: BinaryIO, archive_format: str) -> AbstractContextManager[BinaryIO]:
    match archive_format:
        case "gzip":
            return cast(AbstractContextManager[BinaryIO], gzip.open(packed))
        case "zip":
            archive = zipfile.ZipFile(packed)
            names = archive.namelist()
            if len(names) != 1:
                raise Unknown(f"the zip file contains {len(names)} files; the cloud unpacks a zip with one file only")
            return cast(AbstractContextManager[BinaryIO], archive.open(names[0]))
    raise Unknown(f"{archive_format} files are not unpacked here")


class StreamUnpacker:
    """Unpacks a gzip that is read only once. The list of files in a zip is at its end.

    Args:
        archive_format: The kind of the file.

    Raises:
        Unknown: It is not a gzip.
    """

    def __init__(self, archive_format: str) -> None:
        if archive_format != "gzip":
            raise Unknown(f"{archive_format} files are not unpacked while they are read")
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take the next bytes; yield what they contain, in pieces.

        Raises:
            Unknown: They are damaged.
        """
        while chunk:
            if self._member.eof:
                # A gzip can have several members, which are unpacked one after another, and zeros behind them.
                # Source: RFC 1952, section 2.2; gzip's manual, "Advanced usage".
                if not chunk.strip(b"\0"):
                    return
                self._member = zlib.decompressobj(_GZIP)
            try:
                piece = self._member.decompress(chunk, _PIECE_BYTES)
            except zlib.error as damage:
                raise Unknown(f"the gzip file cannot be unpacked: {damage}") from damage
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if piece:
                yield piece

    def end(self) -> None:
        """Take note that there are no more bytes.

        Raises:
            Unknown: Some are missing.
        """
        if not self._member.eof:
            raise Unknown("the gzip file cannot be unpacked: it is truncated")
