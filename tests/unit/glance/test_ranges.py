"""Range requests to a small server that behaves as Glance does, or misbehaves."""

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
from vscclient.glance.client import Service
from vscclient.glance.ranges import BLOCK_BYTES, CACHED_BLOCKS, RangedImage
from vscclient.model.image import Image

MIB = 1024**2


@dataclass(kw_only=True)
class Glance:
    """The content of the server, and how it answers.

    Args:
        data: The data of the image.
        status: The status of its answer to a range request.
        content_range: The Content-Range of its answer; None: the requested range.
        sends: How many bytes of the range it sends; None: all.
        record: The record of the image.
        requested: The ranges that were requested.
        headers: The headers of the requests.
        connections: How many were opened.
    """

    data: bytes
    status: int = 206
    content_range: str | None = None
    sends: int | None = None
    record: dict[str, Any] = field(default_factory=dict)
    requested: list[tuple[int, int]] = field(default_factory=list)
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
                """Print nothing."""

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
        self.requested.append((first, last - first + 1))
        self.headers.append(dict(request.headers))
        if self.status >= 400:
            _send(request, self.status, b"<html><h1>400</h1>not from this store</html>", {"Content-Type": "text/html"})
            return
        part = self.data[first : last + 1] if self.status == 206 else self.data
        content_range = self.content_range or f"bytes {first}-{last}/{len(self.data)}"
        headers = {"Content-Type": "application/octet-stream", "Content-Range": content_range}
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
    def image(self, glance: Glance, size_bytes: int | None = None, *, has_hash: bool = True) -> RangedImage:
        """Return the image of this server."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), glance.handler())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}"
        session = Session(auth=Token(address, "token"))
        self.addCleanup(session.session.close)
        record: dict[str, object] = {"id": "7", "size": len(glance.data), "updated_at": "1", "status": "active"}
        record["os_hash_value"] = "a" if has_hash else None
        glance.record = glance.record or dict(record)
        image = Image(
            name="rna",
            id="7",
            status="active",
            size_bytes=len(glance.data) if size_bytes is None else size_bytes,
            hash_value="a" if has_hash else None,
            record=record,
        )
        return RangedImage(Service(session, address), image)

    def test_each_range_has_the_bytes_of_the_image(self) -> None:
        data = random.Random(1).randbytes(3 * MIB + 12345)
        image = self.image(Glance(data=data))
        chance = random.Random(2)

        for _ in range(200):
            offset, length = chance.randrange(len(data) + 1000), chance.choice((0, 1, 512, 4096, 100_000, MIB))
            self.assertEqual(data[offset : offset + length], image.read_at(offset, length))

        self.assertLessEqual(image.bytes_read, len(data))

    def test_no_byte_is_fetched_twice(self) -> None:
        glance = Glance(data=bytes(MIB))
        image = self.image(glance)

        for offset in (0, 10, 100, BLOCK_BYTES - 10):
            image.read_at(offset, 10)

        self.assertEqual([(0, BLOCK_BYTES)], glance.requested)
        self.assertEqual((1, BLOCK_BYTES), (image.requests, image.bytes_read))

    def test_adjacent_blocks_are_one_request(self) -> None:
        glance = Glance(data=bytes(MIB))
        image = self.image(glance)
        image.read_at(3 * BLOCK_BYTES, 1)

        image.read_at(BLOCK_BYTES - 1, 4 * BLOCK_BYTES)

        self.assertEqual([(3, 1), (0, 3), (4, 3)], [_in_blocks(part) for part in glance.requested])

    def test_a_sequential_reader_needs_few_requests(self) -> None:
        data = random.Random(1).randbytes(20 * MIB)
        glance = Glance(data=data)
        image = self.image(glance)

        read = b"".join(image.read_at(offset, 4096) for offset in range(0, len(data), 4096))

        self.assertEqual(data, read)
        self.assertLess(image.requests, 30)
        self.assertEqual(MIB, max(length for _, length in glance.requested))

    def test_two_sequential_readers_in_turn_need_few_requests(self) -> None:
        image = self.image(Glance(data=bytes(16 * MIB)))

        for offset in range(0, 8 * MIB, 4096):
            image.read_at(offset, 4096)
            image.read_at(8 * MIB + offset, 4096)

        self.assertLess(image.requests, 40)

    def test_a_random_reader_fetches_single_blocks(self) -> None:
        image = self.image(Glance(data=bytes(16 * MIB)))

        for number in range(0, 250, 5):
            image.read_at(number * BLOCK_BYTES, 512)

        self.assertEqual(50 * BLOCK_BYTES, image.bytes_read)

    def test_the_cache_is_limited(self) -> None:
        image = self.image(Glance(data=bytes((CACHED_BLOCKS + 100) * BLOCK_BYTES)))

        image.read_at(0, image.size_bytes)

        self.assertEqual(CACHED_BLOCKS, len(image._cache))

    def test_all_requests_use_one_connection(self) -> None:
        glance = Glance(data=bytes(4 * MIB))
        image = self.image(glance)

        for number in range(0, 60, 3):
            image.read_at(number * BLOCK_BYTES, 1)

        self.assertEqual((20, 1), (image.requests, glance.connections))

    def test_no_content_encoding_is_accepted(self) -> None:
        glance = Glance(data=bytes(10))

        self.image(glance).read_at(0, 10)

        self.assertEqual("identity", glance.headers[0]["Accept-Encoding"])

    def test_an_image_without_data_is_empty(self) -> None:
        glance = Glance(data=b"")

        self.assertEqual(b"", self.image(glance).read_at(0, 512))
        self.assertEqual([], glance.requested)

    def test_a_cloud_without_range_requests_is_an_error_of_its_own(self) -> None:
        for status in (400, 416):
            with self.subTest(status=status):
                failure = self.assertRaises(
                    errors.NoRanges, self.image(Glance(data=bytes(10), status=status)).read_at, 0, 1
                )
                self.assertIn("does not support range requests", str(failure))
                self.assertIn("not from this store", str(failure))

    def test_an_answer_with_all_of_the_image_is_not_read(self) -> None:
        glance = Glance(data=bytes(64 * MIB), status=200)
        image = self.image(glance)

        self.assertRaises(errors.NoRanges, image.read_at, 0, 512)
        self.assertEqual(0, image.bytes_read)

    def test_each_status_has_its_error(self) -> None:
        for status, kind in ((403, errors.NotAllowed), (404, errors.NotFound), (429, errors.UnexpectedAnswer)):
            with self.subTest(status=status, kind=kind):
                self.assertRaises(kind, self.image(Glance(data=bytes(10), status=status)).read_at, 0, 1)

    def test_an_answer_with_another_range_is_an_error(self) -> None:
        for header in ("bytes 1-10/100", "bytes 0-98/100", "bytes */100", "lines 0-99/100", "bytes 0-99", "x" * 10_000):
            with self.subTest(header=header):
                image = self.image(Glance(data=bytes(100), content_range=header))
                self.assertRaises(errors.UnexpectedAnswer, image.read_at, 0, 1)

    def test_an_image_of_another_size_was_changed(self) -> None:
        image = self.image(Glance(data=bytes(100), content_range="bytes 0-99/101"))

        self.assertRaises(errors.ImageChanged, image.read_at, 0, 1)

    def test_a_truncated_answer_is_an_error(self) -> None:
        image = self.image(Glance(data=bytes(100), sends=99))

        self.assertRaises(errors.CloudError, image.read_at, 0, 1)
        self.assertEqual({}, dict(image._cache))

    def test_a_changed_image_is_detected(self) -> None:
        glance = Glance(data=bytes(100))
        image = self.image(glance)

        self.assertFalse(image.has_changed())
        for change in ({"os_hash_value": "b"}, {"status": "deactivated"}, {"size": 101}):
            with self.subTest(change=change):
                before = dict(glance.record)
                glance.record |= change
                self.assertTrue(image.has_changed())
                glance.record = before

    def test_a_tag_that_is_added_meanwhile_does_not_keep_the_data_from_being_checked(self) -> None:
        glance = Glance(data=bytes(100))
        image = self.image(glance)

        glance.record |= {"updated_at": "2", "tags": ["x"]}

        self.assertFalse(image.has_changed())

    def test_without_a_hash_the_time_of_the_last_change_counts(self) -> None:
        glance = Glance(data=bytes(100))
        image = self.image(glance, has_hash=False)

        self.assertFalse(image.has_changed())
        glance.record |= {"updated_at": "2"}
        self.assertTrue(image.has_changed())


def _in_blocks(part: tuple[int, int]) -> tuple[int, int]:
    return part[0] // BLOCK_BYTES, part[1] // BLOCK_BYTES
