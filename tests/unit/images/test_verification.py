"""Whether a file is the data of an image that is there already."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import replace

import fixtures

from tests import base
from vscclient import errors
from vscclient.images.data.source import Source, opened_source
from vscclient.images.data.stream_source import StreamSource
from vscclient.images.data.verification import prove
from vscclient.model.image import Image
from vscclient.model.terminal import SilentTerminal

DATA = b"reads RNA" * 1000
IMAGE = Image(
    name="rna",
    size_bytes=len(DATA),
    checksum=hashlib.md5(DATA, usedforsecurity=False).hexdigest(),
    hash_algorithm="sha512",
    hash_value=hashlib.sha512(DATA).hexdigest(),
)
OLD = replace(IMAGE, hash_algorithm=None, hash_value=None)
"""As of a cloud that knows md5 alone."""


class TestProof(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = os.path.join(self.useFixture(fixtures.TempDir()).path, "rna.raw")

    def prove_file(self, image: Image, data: bytes) -> None:
        """Proves a file with these bytes."""
        with open(self.path, "wb") as file:
            file.write(data)
        with opened_source(self.path, None) as source:
            prove(image, source, SilentTerminal())

    def prove_pipe(self, image: Image, data: bytes) -> None:
        """Proves a pipe with these bytes."""
        outlet, inlet = os.pipe()
        with open(outlet, "rb") as pipe:
            writer = threading.Thread(target=_pour, args=(inlet, data))
            writer.start()
            source: Source = StreamSource("standard input", pipe, None)
            prove(image, source, SilentTerminal())
        writer.join()

    def test_is_there_for_the_same_data(self) -> None:
        self.prove_file(IMAGE, DATA)
        self.prove_file(OLD, DATA)
        self.prove_file(replace(IMAGE, hash_algorithm="blake2b", hash_value=hashlib.blake2b(DATA).hexdigest()), DATA)
        self.prove_pipe(IMAGE, DATA)

    def test_is_not_there_for_other_data(self) -> None:
        for image, data, why in (
            (IMAGE, DATA[::-1], "its sha512 differs from that of the image"),
            (OLD, DATA[::-1], "its md5 differs from that of the image"),
            (IMAGE, DATA + b"!", "it has 9001 bytes, the image has 9000"),
        ):
            with self.subTest(image=image, data=data, why=why):
                refused = self.assertRaises(errors.DataNotVerified, self.prove_file, image, data)
                self.assertEqual(why, refused.reason)

    def test_is_not_there_where_nothing_can_be_compared(self) -> None:
        for image, why in (
            (Image(name="rna"), "the image has no data yet"),
            (replace(OLD, checksum=None), "the cloud reports no hash that this client can compute"),
            (replace(IMAGE, hash_algorithm="crc9", checksum=None), "the cloud reports no hash that this client can"),
        ):
            with self.subTest(image=image, why=why):
                refused = self.assertRaises(errors.DataNotVerified, self.prove_file, image, DATA)
                self.assertIn(why, refused.reason)

    def test_of_a_pipe_needs_a_hash_that_was_made_while_it_went_by(self) -> None:
        refused = self.assertRaises(errors.DataNotVerified, self.prove_pipe, OLD, DATA)

        self.assertEqual("a pipe cannot be compared by its md5; name a file", refused.reason)


def _pour(sink: int, data: bytes) -> None:
    with open(sink, "wb") as pipe:
        pipe.write(data)
