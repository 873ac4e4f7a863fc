"""The proxy with faults does what a fault says, between a client and a small service."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests import base
from tests.functional.faults import Fault, When, once
from tests.functional.faults.proxy import Proxy, running_proxy

BODY = bytes(range(256)) * 4096
CHUNKED = [BODY[start : start + 65536] for start in range(0, len(BODY), 65536)]


class Service(BaseHTTPRequestHandler):
    """A service that remembers the bodies that it gets, and answers with their length."""

    protocol_version = "HTTP/1.1"
    bodies: list[str]

    def log_message(self, *words: Any) -> None:
        """Print nothing."""

    def do_POST(self) -> None:
        body = b""
        if "transfer-encoding" in self.headers:
            while size := int(self.rfile.readline() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
        self.bodies.append("whole" if body == BODY else f"{len(body)} bytes")
        self.answer({"length": len(body), "path": self.path})

    def do_GET(self) -> None:
        self.bodies.append("none")
        self.answer({"host": self.headers["host"], "padding": "x" * 10_000})

    def answer(self, record: dict[str, object]) -> None:
        content = json.dumps(record).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class TestProxy(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.bodies: list[str] = []
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Service", (Service,), {"bodies": self.bodies}))
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # tests reset connections
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.service_url = f"http://127.0.0.1:{server.server_port}/base"

    @contextmanager
    def connected(self, *faults: Fault) -> Iterator[tuple[Proxy, http.client.HTTPConnection]]:
        with running_proxy(self.service_url, *faults) as proxy:
            connection = http.client.HTTPConnection(proxy.address.removeprefix("http://"), timeout=10)
            yield proxy, connection
            connection.close()

    def post(self, connection: http.client.HTTPConnection, *, chunked: bool = False) -> tuple[int, bytes]:
        if chunked:
            connection.request("POST", "/v2/images", iter(CHUNKED), encode_chunked=True)
        else:
            connection.request("POST", "/v2/images", BODY)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def assert_reset(self, fault: Fault, *, bodies: int) -> None:
        """Assert that the client sees a reset, and how many bodies the service has got."""
        with self.connected(fault) as (_, connection):
            self.assertRaises(OSError, self.post, connection)
        self.assertEqual(["whole"] * bodies, self.bodies)

    def test_a_request_without_a_fault_is_forwarded(self) -> None:
        for chunked in (False, True):
            with self.subTest(chunked=chunked), self.connected() as (proxy, connection):
                for _ in range(2):
                    status, content = self.post(connection, chunked=chunked)

                    self.assertEqual((200, len(BODY)), (status, json.loads(content)["length"]))
                    self.assertEqual("/base/v2/images", json.loads(content)["path"])
                self.assertEqual(["/v2/images"] * 2, [request.target for request in proxy.requests])
                self.assertEqual("whole", self.bodies[-1])

    def test_a_reset_happens_at_its_moment(self) -> None:
        for when, bodies in ((When.BEFORE, 0), (When.DURING, 0), (When.AFTER, 0), (When.DONE, 1), (When.ANSWERING, 1)):
            with self.subTest(when=when):
                self.bodies.clear()
                self.assert_reset(Fault(method="POST", path=".*", reset=True, when=when), bodies=bodies)

    def test_a_status_happens_at_its_moment(self) -> None:
        for when, bodies in ((When.BEFORE, 0), (When.DURING, 0), (When.AFTER, 0), (When.DONE, 1)):
            with self.subTest(when=when):
                self.bodies.clear()
                fault = Fault(method="POST", path=".*", status=503, message="busy", when=when, headers={"X-Y": "z"})
                with self.connected(fault) as (_, connection):
                    status, content = self.post(connection)

                self.assertEqual(503, status)
                self.assertIn(b"busy", content)
                self.assertEqual(["whole"] * bodies, self.bodies)

    def test_the_service_gets_only_the_first_half_of_a_small_body(self) -> None:
        with self.connected(Fault(method="POST", path=".*", status=503, when=When.DURING)) as (_, connection):
            connection.request("POST", "/", b"x" * 100)
            self.assertEqual(503, connection.getresponse().status)

        self.assertEqual([], self.bodies)

    def test_a_redirect_leads_elsewhere(self) -> None:
        fault = Fault(method="GET", path=".*", status=307, headers={"Location": "http://127.0.0.1:9/"})
        with self.connected(fault) as (_, connection):
            connection.request("GET", "/")
            answer = connection.getresponse()

        self.assertEqual((307, "http://127.0.0.1:9/"), (answer.status, answer.headers["Location"]))

    def test_a_silent_line_reads_no_byte(self) -> None:
        with running_proxy(self.service_url, Fault(method="POST", path=".*", hang=True, when=When.DURING)) as proxy:
            host, port = proxy.address.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port)), timeout=1) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
                client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n" + bytes(5_000_000))

                self.assertRaises(TimeoutError, client.sendall, bytes(2_000_000))

    def test_a_slow_line_has_its_speed(self) -> None:
        fault = Fault(method="POST", path=".*", bytes_per_s=2 * len(BODY))
        with self.connected(fault) as (_, connection):
            start = time.monotonic()
            status, _ = self.post(connection, chunked=True)

        self.assertEqual(200, status)
        self.assertGreater(time.monotonic() - start, 0.5)

    def test_a_slow_answer_arrives(self) -> None:
        fault = Fault(method="GET", path=".*", bytes_per_s=20_000, when=When.ANSWERING)
        with self.connected(fault) as (_, connection):
            start = time.monotonic()
            connection.request("GET", "/")
            content = connection.getresponse().read()

        self.assertEqual(10_000, len(json.loads(content)["padding"]))
        self.assertGreater(time.monotonic() - start, 0.2)

    def test_an_answer_is_garbled(self) -> None:
        for garbled in (b"", b"[]", b'{"length": ', b"x" * 10_000_000):
            with (
                self.subTest(length=len(garbled)),
                self.connected(Fault(method="POST", path=".*", garble=lambda _, to=garbled: to)) as (_, connection),  # type: ignore[misc]
            ):
                self.assertEqual((200, garbled), self.post(connection))

    def test_a_request_is_repeated(self) -> None:
        with self.connected(Fault(method="POST", path=".*", repeat=True, left=once())) as (_, connection):
            self.post(connection)
            self.post(connection)

        self.assertEqual(["whole"] * 3, self.bodies)

    def test_only_the_nth_request_has_the_fault(self) -> None:
        with self.connected(Fault(method="POST", path=".*", status=500, nth=2, left=once())) as (_, connection):
            statuses = []
            for _ in range(3):
                statuses.append(self.post(connection)[0])
                connection.close()

        self.assertEqual([200, 500, 200], statuses)

    def test_a_fault_follows_another_one(self) -> None:
        first = Fault(method="POST", path=".*", status=500, nth=2, left=once())
        with self.connected(first, Fault(method=".*", path=".*", status=503, follows=first)) as (_, connection):
            statuses = []
            for _ in range(4):
                statuses.append(self.post(connection)[0])
                connection.close()

        self.assertEqual([200, 500, 503, 503], statuses)

    def test_a_call_happens_before_the_answer(self) -> None:
        for when in When:
            with self.subTest(when=when):
                called: list[str] = []
                fault = Fault(method="POST", path=".*", call=lambda called=called: called.append("x"), when=when)  # type: ignore[misc]
                with self.connected(fault) as (_, connection):
                    status, _ = self.post(connection)

                self.assertEqual((200, ["x"]), (status, called))

    def test_the_service_sees_the_address_of_the_proxy(self) -> None:
        with self.connected() as (proxy, connection):
            connection.request("GET", "/")
            host = json.loads(connection.getresponse().read())["host"]

        self.assertEqual(proxy.address, f"http://{host}")
