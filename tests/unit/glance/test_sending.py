from __future__ import annotations

import hashlib
import io
import os
import tempfile
from typing import BinaryIO

from tests import base
from vscclient import errors
from vscclient.glance.sending import Sending

DATA = os.urandom(300_000)


def _read_all(sending: Sending) -> bytes:
    return b"".join(iter(lambda: sending.read(65536), b""))


class TestSending(base.BaseTestCase):
    def test_hashes_what_passes(self) -> None:
        sending = Sending(io.BytesIO(DATA))

        self.assertEqual(DATA, _read_all(sending))
        self.assertEqual((len(DATA), hashlib.sha512(DATA).hexdigest()), (sending.sent_bytes, sending.sha512))

    def test_sends_first_what_was_read_already(self) -> None:
        sending = Sending(io.BytesIO(DATA[100_000:]), head=DATA[:100_000])

        self.assertEqual(DATA, _read_all(sending))
        self.assertEqual(hashlib.sha512(DATA).hexdigest(), sending.sha512)

    def test_cannot_be_sent_twice(self) -> None:
        sending = Sending(io.BytesIO(DATA))
        _read_all(sending)

        self.assertRaises(errors.Mismatch, sending.read, 65536)

    def test_tells_every_piece_and_the_end(self) -> None:
        pieces: list[int] = []
        sending = Sending(io.BytesIO(DATA), watch=lambda piece: pieces.append(len(piece)))

        _read_all(sending)

        self.assertEqual((len(DATA), 0), (sum(pieces), pieces[-1]))

    def test_leaves_the_page_cache_alone(self) -> None:
        file: BinaryIO
        with tempfile.TemporaryFile(dir=".") as file:
            file.write(os.urandom(40 * 1024**2))
            os.fsync(file.fileno())
            file.seek(0)

            _read_all(Sending(file))

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
