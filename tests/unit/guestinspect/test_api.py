"""The public Python interface."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any

import fixtures

from guestinspect import api
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, NotYet, Unknown, known_fact
from guestinspect.model.inspection import Inspection, UnknownReason, unknown_inspection
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.process.limits import Limits
from tests import base

MIB = 1024**2
EMPTY_DISK = b"\xeb" + bytes(509) + b"\x55\xaa" + bytes(MIB - 512)


class RemoteBytes:
    """A disk that has to be fetched."""

    def __init__(self, content: bytes) -> None:
        self.size_bytes = len(content)
        self.bytes_read = 0
        self.requests = 0
        self._content = content

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        content = self._content[offset_bytes : offset_bytes + length_bytes]
        self.requests += 1
        self.bytes_read += len(content)
        return content


class TestInterface(base.BaseTestCase):
    def test_all_names_what_the_module_defines_and_nothing_else(self) -> None:
        defined = {
            name
            for name, thing in vars(api).items()
            if isinstance(thing, type | FunctionType) and thing.__module__ == api.__name__ and not name.startswith("_")
        }

        self.assertEqual(set(), defined - set(api.__all__))
        self.assertEqual([], [name for name in api.__all__ if not hasattr(api, name)])
        self.assertEqual(sorted(api.__all__, key=str.lower), sorted(set(api.__all__), key=str.lower))


class TestFile(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = Path(self.useFixture(fixtures.TempDir()).path) / "disk.qcow2.gz"
        self.path.write_bytes(EMPTY_DISK)

    def test_a_path_and_an_open_file_are_inspected_alike(self) -> None:
        by_path = api.inspect_file(self.path)

        with self.path.open("rb") as file:
            self.assertEqual(by_path, api.inspect_file(file))
        self.assertEqual(by_path, api.inspect_file(str(self.path)))
        self.assertEqual("raw", by_path.as_disk().disk_format().value)
        self.assertEqual(MIB, by_path.as_disk().virtual_size_bytes().value)

    def test_facts_of_the_disk_that_the_caller_has_are_not_looked_for(self) -> None:
        inspection = api.inspect_file(self.path, disk=Disk(disk_format=known_fact("vdi", "the record")))

        self.assertEqual(Fact("vdi", "the record"), inspection.disk["disk_format"])
        self.assertIsInstance(inspection.disk["damage"], UnknownReason)

    def test_a_file_that_cannot_be_opened_raises_the_error_of_python(self) -> None:
        self.assertRaises(FileNotFoundError, api.inspect_file, self.path.with_name("missing"))
        self.assertRaises(IsADirectoryError, api.inspect_file, self.path.parent)

    def test_an_inspection_is_read_from_json_as_it_was_written(self) -> None:
        inspection = api.inspect_file(self.path)

        self.assertEqual(inspection, api.from_json(api.to_json(inspection)))


class TestBlocks(base.BaseTestCase):
    def test_blocks_show_what_a_file_shows(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(EMPTY_DISK)
            file.flush()
            of_file = api.inspect_file(file.name)
        blocks = RemoteBytes(EMPTY_DISK)

        of_blocks = api.inspect_blocks(blocks)

        self.assertEqual((of_file.disk, of_file.guest), (of_blocks.disk, of_blocks.guest))
        self.assertEqual(blocks.bytes_read, of_blocks.bytes_read)

    def test_what_is_fetched_for_the_facts_of_the_disk_is_limited_too(self) -> None:
        blocks = RemoteBytes(EMPTY_DISK)
        self.useFixture(fixtures.MockPatch("guestinspect.api.REMOTE", Limits(requests=0)))

        unknown = self.assertRaises(Unknown, api.inspect_blocks(blocks).as_disk().disk_format)

        self.assertIn("more than 0 requests are needed", unknown.why)

    def test_a_disk_that_cannot_be_fetched_raises_its_own_error(self) -> None:
        class Broken(RemoteBytes):
            def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
                raise ConnectionResetError

        self.assertRaises(ConnectionResetError, api.inspect_blocks, Broken(EMPTY_DISK))


class TestStream(base.BaseTestCase):
    def fed(self, content: bytes, chunk_bytes: int) -> Iterator[api.StreamInspection]:
        """Feed a stream to its end; yields it after each chunk."""
        stream = api.inspect_stream()
        file = io.BytesIO(content)
        while chunk := file.read(chunk_bytes):
            stream.feed(chunk)
            yield stream
        stream.end()
        yield stream

    def test_the_chunks_may_have_any_size(self) -> None:
        content = EMPTY_DISK + os.urandom(api.HEAD_BYTES)
        for chunk_bytes in (100_000, api.HEAD_BYTES - 1, api.HEAD_BYTES, api.HEAD_BYTES + 1, len(content)):
            with self.subTest(chunk_bytes=chunk_bytes):
                *_, stream = self.fed(content, chunk_bytes)

                disk = stream.inspection().as_disk()

                self.assertEqual(("raw", len(content)), (disk.disk_format().value, disk.virtual_size_bytes().value))
                self.assertEqual((), disk.damage().value)

    def test_the_beginning_shows_the_format_and_the_end_shows_the_rest(self) -> None:
        header = b"QFI\xfb" + (3).to_bytes(4, "big") + bytes(12) + (16).to_bytes(4, "big") + MIB.to_bytes(8, "big")
        stream = api.inspect_stream()

        self.assertRaises(NotYet, stream.disk().disk_format)
        stream.feed((header + bytes(72)).ljust(api.HEAD_BYTES + 1, b"\0"))

        self.assertEqual("qcow2", stream.disk().disk_format().value)
        self.assertRaises(NotYet, stream.disk().damage)
        self.assertRaises(NotYet, stream.inspection)

    def test_the_guest_on_a_long_stream_is_unknown(self) -> None:
        *_, stream = self.fed(EMPTY_DISK + bytes(api.HEAD_BYTES), MIB)

        unknown = self.assertRaises(Unknown, stream.inspection().as_guest().boot)

        self.assertIn("read only once", unknown.why)

    def test_a_short_stream_is_inspected_like_a_file(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(EMPTY_DISK)
            file.flush()
            of_file = api.inspect_file(file.name)

        *_, stream = self.fed(EMPTY_DISK, 1000)

        self.assertEqual(of_file, stream.inspection())

    def test_a_stream_without_bytes_is_an_empty_disk(self) -> None:
        stream = api.inspect_stream()

        stream.end()

        self.assertEqual(("it is empty",), stream.inspection().as_disk().damage().value)


class TestWithoutLocations(base.BaseTestCase):
    def inspection(self) -> Inspection:
        leftovers: dict[Kind, Any] = dict.fromkeys(Kind, UnknownReason("it is damaged"))
        leftovers[Kind.PASSWORD] = Fact(
            (Leftover(Kind.PASSWORD, "/etc/shadow", "password of alice", "alice"),) * 2, "/etc/shadow"
        )
        leftovers[Kind.PRIVATE_KEY] = UnknownReason("/home/alice/.ssh could not be read")
        return replace(unknown_inspection("it is damaged", kind="linux"), leftovers=leftovers)

    def test_the_kinds_and_the_numbers_of_leftovers_remain(self) -> None:
        inspection = self.inspection().without_locations()

        self.assertEqual(2, len(inspection.as_guest().leftovers(Kind.PASSWORD).value))
        self.assertEqual({Kind.PASSWORD}, {one.kind for one in inspection.as_guest().leftovers(Kind.PASSWORD).value})

    def test_nothing_shows_where_a_secret_is(self) -> None:
        text = api.to_json(self.inspection().without_locations())

        for secret in ("alice", "shadow", ".ssh"):
            self.assertIn(secret, api.to_json(self.inspection()))
            self.assertNotIn(secret, text)

    def test_a_reason_that_is_not_about_a_place_remains(self) -> None:
        inspection = self.inspection().without_locations()

        self.assertEqual(UnknownReason("it is damaged"), inspection.leftovers[Kind.LOG])
        self.assertIn("withheld", self.assertRaises(Unknown, inspection.as_guest().leftovers, Kind.PRIVATE_KEY).why)

    def test_it_is_read_from_json_as_it_was_written(self) -> None:
        inspection = self.inspection().without_locations()

        self.assertEqual(inspection, api.from_json(api.to_json(inspection)))
