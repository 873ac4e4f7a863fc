from __future__ import annotations

import hashlib
import io
import os
import tempfile
from typing import BinaryIO

from tests import base
from vscclient import errors
from vscclient.glance.upload_body import UploadBody

DATA = os.urandom(300_000)


def _read_all(body: UploadBody) -> bytes:
    return b"".join(iter(lambda: body.read(65536), b""))


class TestUploadBody(base.BaseTestCase):
    def test_the_pieces_are_hashed(self) -> None:
        body = UploadBody(io.BytesIO(DATA))

        self.assertEqual(DATA, _read_all(body))
        self.assertEqual((len(DATA), hashlib.sha512(DATA).hexdigest()), (body.sent_bytes, body.sha512))

    def test_the_head_is_sent_first(self) -> None:
        body = UploadBody(io.BytesIO(DATA[100_000:]), head=DATA[:100_000])

        self.assertEqual(DATA, _read_all(body))
        self.assertEqual(hashlib.sha512(DATA).hexdigest(), body.sha512)

    def test_a_body_cannot_be_sent_twice(self) -> None:
        body = UploadBody(io.BytesIO(DATA))
        _read_all(body)

        self.assertRaises(errors.Mismatch, body.read, 65536)

    def test_the_watcher_gets_each_piece_and_the_end(self) -> None:
        pieces: list[int] = []
        body = UploadBody(io.BytesIO(DATA), watch=lambda piece: pieces.append(len(piece)))

        _read_all(body)

        self.assertEqual((len(DATA), 0), (sum(pieces), pieces[-1]))

    def test_the_page_cache_does_not_fill(self) -> None:
        file: BinaryIO
        with tempfile.TemporaryFile(dir=".") as file:
            file.write(os.urandom(40 * 1024**2))
            os.fsync(file.fileno())
            file.seek(0)

            _read_all(UploadBody(file))

            self.assertLess(_cached_pages(file), 5_000)


def _cached_pages(file: BinaryIO) -> int:
    """Pages of the file that the kernel keeps, by mincore(2); 10,240 hold 40 MiB."""
    import ctypes
    import mmap

    size = os.fstat(file.fileno()).st_size
    pages = size // mmap.PAGESIZE
    with mmap.mmap(file.fileno(), size) as mapped:
        held = (ctypes.c_ubyte * pages)()
        libc = ctypes.CDLL(None, use_errno=True)
        start = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
        libc.mincore(ctypes.c_void_p(start), ctypes.c_size_t(size), held)
        del start
    return sum(page & 1 for page in held)
