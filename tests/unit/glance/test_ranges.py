"""An image read by parts, from a small server that behaves as Glance does, and otherwise."""

from __future__ import annotations

import json
import random
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token

from tests import base
from vscclient import errors
from vscclient.glance.ranges import BLOCK_BYTES, CACHED_BLOCKS, RangedImage
from vscclient.glance.service import Service
from vscclient.model.image import Image

MIB = 1024**2


@dataclass(kw_only=True)
class Glance:
    """What the server has, and how it answers.

    Args:
        data: Of the image.
        status: What it answers to a request for a part.
        content_range: What it says that it sends; None: what it was asked for.
        sends: How much of the part it sends; None: all.
        record: What it says of the image.
        asked: The ranges that it was asked for.
        connections: How many were opened.
    """

    data: bytes
    status: int = 206
    content_range: str | None = None
    sends: int | None = None
    record: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[int, int]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0

    def handler(self) -> type[BaseHTTPRequestHandler]:
        glance = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                glance.connections += 1

            def log_message(self, *words: Any) -> None:
                """Nothing: the test tells."""

            def do_GET(self) -> None:
                if self.path.endswith("/file"):
                    glance.answer(self)
                else:
                    _send(self, 200, json.dumps(glance.record).encode(), {"Content-Type": "application/json"})

        return Handler

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers["Range"])
        assert found, request.headers["Range"]
        first, last = int(found[1]), int(found[2])
        self.asked.append((first, last - first + 1))
        self.headers.append(dict(request.headers))
        if self.status >= 400:
            _send(request, self.status, b"<html><h1>400</h1>not from this store</html>", {"Content-Type": "text/html"})
            return
        part = self.data[first : last + 1] if self.status == 206 else self.data
        said = self.content_range or f"bytes {first}-{last}/{len(self.data)}"
        headers = {"Content-Type": "application/octet-stream", "Content-Range": said}
        _send(request, self.status, part, headers, self.sends)


def _send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str], sends: int | None = None
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    try:
        request.wfile.write(body[:sends])
    except ConnectionError:
        request.close_connection = True
    if sends is not None:
        request.close_connection = True


class TestRangedImage(base.BaseTestCase):
    def image(self, glance: Glance, size_bytes: int | None = None) -> RangedImage:
        """The image, as it was when its reading began."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), glance.handler())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}"
        session = Session(auth=Token(address, "token"))
        self.addCleanup(session.session.close)
        record = {"id": "7", "size": len(glance.data), "os_hash_value": "a", "updated_at": "1", "status": "active"}
        glance.record = glance.record or dict(record)
        image = Image(
            name="rna",
            id="7",
            status="active",
            size_bytes=len(glance.data) if size_bytes is None else size_bytes,
            hash_value="a",
            record=record,
        )
        return RangedImage(Service(session, address), image)

    def test_any_part_is_as_it_is_there(self) -> None:
        data = random.Random(1).randbytes(3 * MIB + 12345)
        image = self.image(Glance(data=data))
        chance = random.Random(2)

        for _ in range(200):
            offset, length = chance.randrange(len(data) + 1000), chance.choice((0, 1, 512, 4096, 100_000, MIB))
            self.assertEqual(data[offset : offset + length], image.read_at(offset, length))

        self.assertLessEqual(image.bytes_read, len(data))

    def test_nothing_is_read_twice(self) -> None:
        glance = Glance(data=bytes(MIB))
        image = self.image(glance)

        for offset in (0, 10, 100, BLOCK_BYTES - 10):
            image.read_at(offset, 10)

        self.assertEqual([(0, BLOCK_BYTES)], glance.asked)
        self.assertEqual((1, BLOCK_BYTES), (image.requests, image.bytes_read))

    def test_what_lies_side_by_side_is_one_request(self) -> None:
        glance = Glance(data=bytes(MIB))
        image = self.image(glance)
        image.read_at(3 * BLOCK_BYTES, 1)

        image.read_at(BLOCK_BYTES - 1, 4 * BLOCK_BYTES)

        self.assertEqual([(3, 1), (0, 3), (4, 3)], [_in_blocks(part) for part in glance.asked])

    def test_who_reads_on_and_on_needs_few_requests(self) -> None:
        data = random.Random(1).randbytes(20 * MIB)
        glance = Glance(data=data)
        image = self.image(glance)

        read = b"".join(image.read_at(offset, 4096) for offset in range(0, len(data), 4096))

        self.assertEqual(data, read)
        self.assertLess(image.requests, 30)
        self.assertEqual(MIB, max(length for _, length in glance.asked))

    def test_two_who_take_turns_do_too(self) -> None:
        image = self.image(Glance(data=bytes(16 * MIB)))

        for offset in range(0, 8 * MIB, 4096):
            image.read_at(offset, 4096)
            image.read_at(8 * MIB + offset, 4096)

        self.assertLess(image.requests, 40)

    def test_who_jumps_about_gets_no_more_than_a_block(self) -> None:
        image = self.image(Glance(data=bytes(16 * MIB)))

        for number in range(0, 250, 5):
            image.read_at(number * BLOCK_BYTES, 512)

        self.assertEqual(50 * BLOCK_BYTES, image.bytes_read)

    def test_the_cache_has_a_bound(self) -> None:
        image = self.image(Glance(data=bytes((CACHED_BLOCKS + 100) * BLOCK_BYTES)))

        image.read_at(0, image.size_bytes)

        self.assertEqual(CACHED_BLOCKS, len(image._cache))

    def test_one_connection_is_enough(self) -> None:
        glance = Glance(data=bytes(4 * MIB))
        image = self.image(glance)

        for number in range(0, 60, 3):
            image.read_at(number * BLOCK_BYTES, 1)

        self.assertEqual((20, 1), (image.requests, glance.connections))

    def test_nothing_is_unpacked_on_the_way(self) -> None:
        glance = Glance(data=bytes(10))

        self.image(glance).read_at(0, 10)

        self.assertEqual("identity", glance.headers[0]["Accept-Encoding"])

    def test_an_image_without_data_has_no_bytes(self) -> None:
        glance = Glance(data=b"")

        self.assertEqual(b"", self.image(glance).read_at(0, 512))
        self.assertEqual([], glance.asked)

    def test_a_cloud_that_refuses_parts_is_told_from_others(self) -> None:
        for status in (400, 416):
            with self.subTest(status=status):
                failure = self.assertRaises(
                    errors.NoRanges, self.image(Glance(data=bytes(10), status=status)).read_at, 0, 1
                )
                self.assertIn("gives no parts of an image", str(failure))
                self.assertIn("not from this store", str(failure))

    def test_a_cloud_that_sends_everything_is_not_listened_to(self) -> None:
        glance = Glance(data=bytes(64 * MIB), status=200)
        image = self.image(glance)

        self.assertRaises(errors.NoRanges, image.read_at, 0, 512)
        self.assertEqual(0, image.bytes_read)

    def test_other_answers_have_their_errors(self) -> None:
        for status, kind in ((403, errors.NotAllowed), (404, errors.NotThere), (429, errors.Rejected)):
            with self.subTest(status=status, kind=kind):
                self.assertRaises(kind, self.image(Glance(data=bytes(10), status=status)).read_at, 0, 1)

    def test_another_part_is_no_answer(self) -> None:
        for said in ("bytes 1-10/100", "bytes 0-98/100", "bytes */100", "lines 0-99/100", "bytes 0-99", "x" * 10_000):
            with self.subTest(said=said):
                image = self.image(Glance(data=bytes(100), content_range=said))
                self.assertRaises(errors.Rejected, image.read_at, 0, 1)

    def test_an_image_of_another_size_has_changed(self) -> None:
        image = self.image(Glance(data=bytes(100), content_range="bytes 0-99/101"))

        self.assertRaises(errors.Altered, image.read_at, 0, 1)

    def test_a_part_that_breaks_off_is_no_answer(self) -> None:
        image = self.image(Glance(data=bytes(100), sends=99))

        self.assertRaises(errors.CloudError, image.read_at, 0, 1)
        self.assertEqual({}, dict(image._cache))

    def test_it_is_seen_when_the_image_changes(self) -> None:
        glance = Glance(data=bytes(100))
        image = self.image(glance)

        self.assertFalse(image.has_changed())
        for change in ({"os_hash_value": "b"}, {"updated_at": "2"}, {"status": "deactivated"}, {"size": 101}):
            with self.subTest(change=change):
                before = dict(glance.record)
                glance.record |= change
                self.assertTrue(image.has_changed())
                glance.record = before


def _in_blocks(part: tuple[int, int]) -> tuple[int, int]:
    return part[0] // BLOCK_BYTES, part[1] // BLOCK_BYTES
