"""The compressions of an initramfs, unpacked piece by piece.

Source: Linux, ``lib/decompress.c`` (the magic numbers) and ``lib/decompress_*.c``. The kernel reads LZ4 in its legacy
frame format only, and LZO as lzop(1) writes it.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from guestinspect.disk.explorer import find_block_codec, open_zstd_decoder
from guestinspect.disk.initramfs.byte_source import FileSource
from guestinspect.disk.tree import Unreadable

_CHUNK_BYTES = 256 * 1024
_PIECE_BYTES = 1024**2
"""The longest piece that a decompressor yields, except a block of LZ4."""

_MEMORY_BYTES = 128 * 1024**2
"""The memory of a decompressor. The kernel allows a window of 128 MiB: ``lib/decompress_unzstd.c``."""

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_LONGEST_HEADER = 18
_ZSTD_BLOCK_BYTES = 128 * 1024
_ZSTD_RLE = 1
_ZSTD_GROUP = _PIECE_BYTES // _ZSTD_BLOCK_BYTES

_LZ4_MAGIC = b"\x02\x21\x4c\x18"
_LZ4_BLOCK_BYTES = 8 * 1024**2

_LZO_MAGIC = b"\x89LZO\x00\x0d\x0a\x1a\x0a"
_LZO_BLOCK_BYTES = 256 * 1024
_LZO_WITH_TIME = 0x0940
_LZO_HAS_FILTER = 0x800


def find_decompressor(source: FileSource) -> Callable[[FileSource], Iterator[bytes]] | None:
    """Return the function that unpacks what follows in a source; None: the kernel does not recognize it."""
    head = source.read(len(_LZO_MAGIC))
    source.unread(head)
    return next((unpack for magic, unpack in _BY_MAGIC.items() if head.startswith(magic)), None)


def _unpack_gzip(source: FileSource) -> Iterator[bytes]:
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    while not decoder.eof:
        chunk = decoder.unconsumed_tail or _read_chunk(source)
        with _damage_as_unreadable(source.path):
            piece = decoder.decompress(chunk, _PIECE_BYTES)
        yield piece
    source.unread(decoder.unused_data)


def _unpack_xz(source: FileSource) -> Iterator[bytes]:
    return _unpack(source, lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_BYTES))


def _unpack_lzma(source: FileSource) -> Iterator[bytes]:
    return _unpack(source, lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY_BYTES))


def _unpack_bzip2(source: FileSource) -> Iterator[bytes]:
    return _unpack(source, bz2.BZ2Decompressor())


def _unpack(source: FileSource, decoder: lzma.LZMADecompressor | bz2.BZ2Decompressor) -> Iterator[bytes]:
    while not decoder.eof:
        chunk = _read_chunk(source) if decoder.needs_input else b""
        with _damage_as_unreadable(source.path):
            piece = decoder.decompress(chunk, _PIECE_BYTES)
        yield piece
    source.unread(decoder.unused_data)


def _unpack_zstd(source: FileSource) -> Iterator[bytes]:
    """Unpack one frame.

    The decoder of fs-explorer returns all that its input yields, up to 4,000 times as much. So it gets a few blocks at
    a time, each of which has 128 KiB at most. Source: RFC 8878, section 3.1.1.
    """
    header = source.read(_ZSTD_LONGEST_HEADER)
    decoder, header_bytes, has_checksum = open_zstd_decoder(header, _MEMORY_BYTES)
    source.unread(header[header_bytes:])
    parts, is_last = [header[:header_bytes]], False
    while not is_last:
        head = _read_exactly(source, 3)
        word = int.from_bytes(head, "little")
        is_last, size = bool(word & 1), 1 if word >> 1 & 3 == _ZSTD_RLE else word >> 3
        if size > _ZSTD_BLOCK_BYTES:
            raise Unreadable(source.path, "it has a zstd block of more than 128 KiB")
        parts += [head, _read_exactly(source, size + (4 if is_last and has_checksum else 0))]
        if is_last or len(parts) > 2 * _ZSTD_GROUP:
            yield decoder.decompress(b"".join(parts))
            parts = []


def _unpack_lz4(source: FileSource) -> Iterator[bytes]:
    """Unpack blocks up to the end of the file, or up to a length of 0.

    Source: ``lib/decompress_unlz4.c``: a magic number between two blocks is skipped.
    """
    decode = find_block_codec("lz4")
    while len(word := source.read(4)) == 4:
        size = int.from_bytes(word, "little")
        if word == _LZ4_MAGIC:
            continue
        if size == 0:
            return
        if size > _LZ4_BLOCK_BYTES + _LZ4_BLOCK_BYTES // 255 + 16:
            raise Unreadable(source.path, "it has an LZ4 block of more than 8 MiB")
        yield decode(_read_exactly(source, size), _LZ4_BLOCK_BYTES)


def _unpack_lzo(source: FileSource) -> Iterator[bytes]:
    """Unpack blocks up to a length of 0. Source: ``lib/decompress_unlzo.c``, ``parse_header`` and ``unlzo``."""
    version, _, _, _ = struct.unpack(">9xHHHB", _read_exactly(source, 16))
    has_time = version >= _LZO_WITH_TIME
    source.skip(1 if has_time else 0)
    (flags,) = struct.unpack(">I", _read_exactly(source, 4))
    source.skip((4 if flags & _LZO_HAS_FILTER else 0) + (12 if has_time else 8))
    source.skip(_read_exactly(source, 1)[0] + 4)
    decode = find_block_codec("lzo")
    while length := int.from_bytes(_read_exactly(source, 4), "big"):
        size, _ = struct.unpack(">II", _read_exactly(source, 8))
        if length > _LZO_BLOCK_BYTES or size > length:
            raise Unreadable(source.path, "it has an LZO block of more than 256 KiB")
        block = _read_exactly(source, size)
        yield block if size == length else decode(block, length)


_BY_MAGIC: dict[bytes, Callable[[FileSource], Iterator[bytes]]] = {
    b"\x1f\x8b": _unpack_gzip,
    b"BZh": _unpack_bzip2,
    b"\x5d\x00\x00": _unpack_lzma,
    b"\xfd7zXZ\x00": _unpack_xz,
    _LZO_MAGIC: _unpack_lzo,
    _LZ4_MAGIC: _unpack_lz4,
    _ZSTD_MAGIC: _unpack_zstd,
}


def _read_chunk(source: FileSource) -> bytes:
    chunk = source.read(_CHUNK_BYTES)
    if not chunk:
        raise Unreadable(source.path, "it is truncated")
    return chunk


def _read_exactly(source: FileSource, length: int) -> bytes:
    data = source.read(length)
    if len(data) != length:
        raise Unreadable(source.path, "it is truncated")
    return data


@contextmanager
def _damage_as_unreadable(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as damage:
        raise Unreadable(path, f"it cannot be unpacked: {damage}") from damage
