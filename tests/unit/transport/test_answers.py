"""Answers of servers that redirect, do not end, or are not what they should be."""

from __future__ import annotations

import inspect
import io
import json
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock, skipUnless

import fixtures
import urllib3
from keystoneauth1 import session as ksa_session
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token
from requests import PreparedRequest, Response

from tests import base
from tests.certificates import self_signed
from tests.unit.transport.hostile import Answer, HostileServer, Received, hostile_server
from vscclient import errors
from vscclient.glance.client import Service, image_path
from vscclient.glance.images import ImageService
from vscclient.glance.members import MemberService
from vscclient.glance.upload_body import UploadBody
from vscclient.transport import answers
from vscclient.transport.answers import AnswerGuard

JSON = {"Content-Type": "application/json"}
READS_RETRY_AFTER = "Retry-After" in inspect.getsource(ksa_session)
"""False for older versions of keystoneauth, which wait as long as they always do."""

RECORD: dict[str, Any] = {"id": "7", "name": "rna", "status": "active", "visibility": "private"}


def service_at(address: str) -> Service:
    return Service(Session(auth=Token(address, "secret-token")), address)


def images_of(server: HostileServer) -> ImageService:
    return ImageService(service_at(server.address))


def _byte_by_byte() -> Iterator[bytes]:
    for _ in range(300):
        yield b" "
        time.sleep(0.05)


def record_answer(**fields: Any) -> Answer:
    return Answer(body=json.dumps(RECORD | fields).encode(), headers=JSON)


class TestRedirects(base.BaseTestCase):
    def test_no_request_with_a_token_is_sent_to_another_place(self) -> None:
        with hostile_server(record_answer()) as thief:
            for status in (301, 302, 303, 305, 307, 308):
                redirect = Answer(status=status, headers={"Location": f"{thief.address}/v2/images/7"})
                with self.subTest(status=status), hostile_server(redirect) as server:
                    images = images_of(server)
                    for send in (
                        lambda images=images: images.get("7"),
                        lambda images=images: images.change("7", {"name": "x"}),
                        lambda images=images: images.delete("7"),
                        lambda images=images: images.deactivate("7"),
                        lambda images=images: images.upload("7", UploadBody(io.BytesIO(b"data")), "secret-token"),
                    ):
                        failure = self.assertRaises(errors.RefusedRedirect, send)
                        self.assertIn(f"to {thief.address}, which must not get your credentials", str(failure))
            self.assertEqual([], thief.received)

    def test_the_spelling_of_an_address_does_not_hide_another_place(self) -> None:
        with hostile_server(record_answer()) as thief:
            host = thief.address.removeprefix("http://")
            for location in (
                f"//{host}/v2/images/7",
                f"http://glance@{host}/",
                f"http:\\\\{host}/",
                f"HTTP://{host}",
                f"http://{host}#@127.0.0.1",
            ):
                redirect = Answer(status=302, headers={"Location": location})
                with self.subTest(location=location), hostile_server(redirect) as server:
                    self.assertRaises(errors.CloudError, images_of(server).get, "7")
            self.assertEqual([], thief.received)

    def test_a_redirect_to_the_same_place_is_followed(self) -> None:
        def answer(request: Received) -> Answer:
            if request.path == "/v2/images/7":
                return Answer(status=301, headers={"Location": "/v2/images/7/"})
            return record_answer()

        with hostile_server(answer) as server:
            self.assertEqual("rna", images_of(server).get("7").name)

    def test_an_upload_is_not_redirected_to_the_same_place(self) -> None:
        with hostile_server(Answer(status=307, headers={"Location": "/v2/images/8/file"})) as server:
            body = UploadBody(io.BytesIO(b"data"))
            failure = self.assertRaises(errors.RefusedRedirect, images_of(server).upload, "7", body, "secret-token")

            self.assertIn("the data is sent only once", str(failure))
            self.assertEqual(1, len(server.received))

    def test_a_redirect_without_an_address_or_an_end_is_not_a_success(self) -> None:
        for headers, words in (({}, "without an address"), ({"Location": "/v2/images/7"}, "without an end")):
            with self.subTest(words=words), hostile_server(Answer(status=301, headers=headers)) as server:
                failure = self.assertRaises(errors.RefusedRedirect, images_of(server).delete, "7")

                self.assertIn(words, str(failure))

    def test_only_a_get_is_redirected_to_https_on_the_same_host_with_a_warning(self) -> None:
        guard, log = AnswerGuard("Image service"), self.useFixture(fixtures.FakeLogger(level=logging.WARNING))
        for method, address, location, is_followed in (
            ("GET", "http://glance.example/v2/images", "https://glance.example/v2/images?limit=5", True),
            ("GET", "http://glance.example:80/v2/images", "https://glance.example:443/v2/images?limit=5", True),
            ("POST", "http://glance.example/v2/images", "https://glance.example/v2/images", False),
            ("GET", "http://glance.example:9292/v2/images", "https://glance.example/v2/images", False),
            ("GET", "http://glance.example/v2/images", "https://glance.example:9292/v2/images", False),
            ("GET", "http://glance.example/v2/images", "https://glance.example.evil.example/v2/images", False),
            ("GET", "https://glance.example/v2/images", "http://glance.example/v2/images", False),
        ):
            with self.subTest(method=method, address=address, location=location):
                response = redirect_of(method, address, location)
                if is_followed:
                    guard(response)
                    self.assertEqual("https://glance.example/v2/images?limit=5", response.headers["Location"])
                else:
                    self.assertRaises(errors.RefusedRedirect, guard, response)
        self.assertEqual(1, log.output.count("unencrypted"))
        self.assertIn("in the catalogue, http://glance.example, redirects to https", log.output)

    def test_a_request_without_a_token_follows_a_redirect(self) -> None:
        """The versions of Keystone are not secret."""
        response = redirect_of("GET", "http://keystone.example/", "https://keystone.example:5000/v3", token=False)

        AnswerGuard("Identity service")(response)

        self.assertEqual("https://keystone.example:5000/v3", response.headers["Location"])


def redirect_of(method: str, address: str, location: str, *, token: bool = True) -> Response:
    response = Response()
    response.status_code, response.raw = 301, io.BytesIO()
    response.headers["Location"] = location
    response.request = PreparedRequest()
    response.request.prepare(method=method, url=address, headers={"X-Auth-Token": "secret"} if token else {})
    return response


class TestUpgrade(base.BaseTestCase):
    """Redirects from http to https on the default ports of one host, by real servers on other ports of loopback."""

    def setUp(self) -> None:
        super().setUp()
        folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.certificate = self_signed(folder, "glance.example")
        self.useFixture(fixtures.EnvironmentVariable("no_proxy", "*"))
        self.ports: dict[tuple[str, int], int] = {}
        self.useFixture(fixtures.MonkeyPatch("urllib3.util.connection.create_connection", self.connect))

    def connect(self, address: tuple[str, int], *args: Any, **options: Any) -> socket.socket:
        """Connect to the server that stands for this host and port: no test may listen on port 80."""
        options.pop("socket_options", None)
        return socket.create_connection(("127.0.0.1", self.ports[address]), timeout=10)

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        return context

    def service(self) -> Service:
        session = Session(auth=Token("http://glance.example", "secret-token"), verify=str(self.certificate))
        return Service(session, "http://glance.example")

    def test_a_get_is_redirected_with_the_token_and_one_warning(self) -> None:
        redirect = Answer(status=301, headers={"Location": "https://glance.example/v2/images/7"})
        with hostile_server(redirect) as plain, hostile_server(record_answer(), self.tls()) as secure:
            self.ports = {("glance.example", 80): plain.port, ("glance.example", 443): secure.port}
            images = ImageService(self.service())

            with self.assertLogs("vscclient.transport", "WARNING") as logs:
                names = [images.get("7").name for _ in range(2)]

        self.assertEqual(["rna", "rna"], names)
        self.assertEqual(["secret-token"] * 2, [one.headers["X-Auth-Token"] for one in secure.received])
        self.assertEqual(1, len(logs.output))
        self.assertIn("in the catalogue, http://glance.example, redirects to https", logs.output[0])

    def test_what_changes_something_is_not_redirected(self) -> None:
        redirect = Answer(status=307, headers={"Location": "https://glance.example/v2/images/7"})
        with hostile_server(redirect) as plain, hostile_server(record_answer(), self.tls()) as secure:
            self.ports = {("glance.example", 80): plain.port, ("glance.example", 443): secure.port}
            images = ImageService(self.service())

            for send in (lambda: images.change("7", {"name": "x"}), lambda: images.delete("7")):
                self.assertRaises(errors.RefusedRedirect, send)

        self.assertEqual([], secure.received)

    def test_another_port_or_host_gets_nothing(self) -> None:
        for host, port in (("glance.example", 8443), ("evil.example", 443)):
            redirect = Answer(status=301, headers={"Location": f"https://{host}:{port}/v2/images/7"})
            with (
                self.subTest(host=host),
                hostile_server(redirect) as plain,
                hostile_server(record_answer(), self.tls()) as thief,
            ):
                self.ports = {("glance.example", 80): plain.port, (host, port): thief.port}

                self.assertRaises(errors.RefusedRedirect, ImageService(self.service()).get, "7")

                self.assertEqual([], thief.received)


class TestLimits(base.BaseTestCase):
    def test_an_answer_without_an_end_is_an_error(self) -> None:
        self.useFixture(fixtures.MockPatchObject(answers, "MAX_ANSWER_BYTES", 1024**2))

        def endless() -> Iterator[bytes]:
            while True:
                yield b" " * 65536

        for headers in (JSON, {}, {"Content-Type": "text/html"}):
            answer = Answer(body=endless(), headers=headers)
            with self.subTest(headers=headers), hostile_server(answer) as server:
                failure = self.assertRaises(errors.UnexpectedAnswer, images_of(server).get, "7")

                self.assertIn("more than 1 MiB in answer to one request", str(failure))

    def test_an_answer_of_many_small_values_is_an_error(self) -> None:
        body = b"[" + b"[]," * (answers.MAX_VALUES + 1) + b"[]]"
        with hostile_server(Answer(body=body, headers=JSON)) as server:
            failure = self.assertRaises(errors.UnexpectedAnswer, images_of(server).get, "7")

        self.assertIn("more than 1000000 values in answer to one request", str(failure))

    def test_an_error_page_without_an_end_has_its_status(self) -> None:
        def endless() -> Iterator[bytes]:
            while True:
                yield b"<p>sorry" * 8192

        with hostile_server(
            lambda _: Answer(status=404, body=endless(), headers={"Content-Type": "text/html"})
        ) as server:
            failure = self.assertRaises(errors.NotFound, images_of(server).get, "7")

        self.assertLess(len(str(failure)), 2000)

    def test_an_error_page_that_breaks_has_its_status(self) -> None:
        with hostile_server(Answer(status=409, body=b"it is in use", announced=500)) as server:
            self.assertRaises(errors.Conflict, images_of(server).delete, "7")

    def test_an_answer_that_breaks_is_a_lost_connection(self) -> None:
        with hostile_server(Answer(body=b'{"id": "7"', headers=JSON, announced=500)) as server:
            failure = self.assertRaises(errors.Unreachable, images_of(server).get, "7")

        self.assertIn("the connection was lost during the answer", str(failure))

    @skipUnless(hasattr(urllib3.HTTPResponse, "shutdown"), "urllib3 before 2.3 cannot end the reading of an answer")
    def test_an_answer_that_comes_byte_by_byte_ends(self) -> None:
        self.useFixture(fixtures.MockPatchObject(answers, "_MAX_ANSWER_S", 0.3))
        for status, announced, ended in (
            (200, 1000, "an answer without an end for 0.3 seconds"),
            (200, None, "an answer without an end for 0.3 seconds"),
            (500, 1000, "500"),
        ):
            slow = Answer(status=status, body=_byte_by_byte(), headers=JSON, announced=announced)
            with self.subTest(status=status, announced=announced), hostile_server(slow) as server:
                started_s = time.monotonic()

                failure = self.assertRaises(errors.CloudError, images_of(server).get, "7")

                self.assertLess(time.monotonic() - started_s, 5)
                self.assertIn(ended, str(failure))

    def test_an_answer_without_a_charset_is_not_guessed(self) -> None:
        with (
            hostile_server(Answer(body=b"[" + b"\xff" * 1000, headers={})) as server,
            mock.patch("requests.models.chardet.detect", side_effect=AssertionError),
        ):
            self.assertRaises(errors.UnexpectedAnswer, images_of(server).get, "7")


class TestWaiting(base.BaseTestCase):
    def test_no_service_decides_to_wait_for_hours(self) -> None:
        for text, seconds in (
            ("3", 3),
            ("86400", 60),
            ("9" * 5000, 60),
            ("-5", 60),
            ("Fri, 31 Dec 2999 23:59:59 GMT", 60),
        ):
            answer = Answer(status=503, headers={"Retry-After": text})
            with (
                self.subTest(text=text[:40]),
                hostile_server(answer) as server,
                mock.patch("keystoneauth1.session.time.sleep") as sleep,
            ):
                self.assertRaises(errors.ServiceFailure, images_of(server).get_with_retries, "7")

                expected = {seconds} if READS_RETRY_AFTER else {0.5, 1.0, 2.0, 4.0, 8.0}
                self.assertEqual(expected, {call.args[0] for call in sleep.call_args_list})


class TestTypes(base.BaseTestCase):
    def test_a_value_of_the_wrong_type_is_a_sentence_that_names_it(self) -> None:
        for name, value in (
            ("name", 5),
            ("owner", ["a"]),
            ("status", {}),
            ("visibility", "everybody"),
            ("visibility", ["public"]),
            ("protected", "false"),
            ("os_hidden", 1),
            ("min_disk", "5"),
            ("min_disk", True),
            ("min_ram", -1),
            ("size", 10**30),
            ("size", 1.5),
            ("checksum", 5),
            ("os_hash_value", {}),
            ("tags", "a"),
            ("tags", [5]),
        ):
            with self.subTest(name=name, value=value), hostile_server(record_answer(**{name: value})) as server:
                failure = self.assertRaises(errors.UnexpectedAnswer, images_of(server).get, "7")

                self.assertRegex(str(failure), rf"^The Image service returned: an impossible value: {name} of 7 is .+")

    def test_an_answer_that_is_not_a_record_is_a_sentence(self) -> None:
        for body in (b"null", b"[]", b"7", b"{}", b'{"id": 5}', b"\xff", b"[" * 100000, b'{"id": NaN}', b'"x"'):
            with self.subTest(body=body[:20]), hostile_server(Answer(body=body, headers=JSON)) as server:
                failure = self.assertRaises(errors.UnexpectedAnswer, images_of(server).get, "7")

                self.assertIn("is this the address of an Image service?", str(failure))

    def test_members_of_the_wrong_type_are_a_sentence(self) -> None:
        cases: tuple[object, ...] = (
            *(None, 5, [5], [{}]),
            *([{"member_id": 5, "status": "pending"}], [{"member_id": "a", "status": "?"}]),
        )
        for members in cases:
            body = json.dumps({"members": members}).encode()
            with self.subTest(members=members), hostile_server(Answer(body=body, headers=JSON)) as server:
                self.assertRaises(errors.UnexpectedAnswer, MemberService(service_at(server.address)).of, "7")

    def test_import_methods_and_tasks_of_the_wrong_type_are_no_python_error(self) -> None:
        for body in (b"null", b"[]", b'{"import-methods": 5, "tasks": 5}'):
            with self.subTest(body=body), hostile_server(Answer(body=body, headers=JSON)) as server:
                self.assertRaises(errors.UnexpectedAnswer, images_of(server).import_methods)
                self.assertEqual((), tuple(images_of(server).tasks("7")))


class TestLength(base.BaseTestCase):
    def test_413_of_a_proxy_is_not_a_quota(self) -> None:
        page = (
            b"<html><head><title>413 Request Entity Too Large</title></head><body><center>"
            b"<h1>413 Request Entity Too Large</h1></center><hr><center>nginx</center></body></html>"
        )
        with hostile_server(Answer(status=413, body=page, headers={"Content-Type": "text/html"})) as server:
            failure = self.assertRaises(errors.RefusedByProxy, images_of(server).get, "7")

        self.assertIn("does not accept so much data: 413 Request Entity Too Large. If", str(failure))

    def test_413_of_the_service_is_a_quota(self) -> None:
        headers = {"Content-Type": "text/html", "X-Openstack-Request-Id": "req-1"}
        with hostile_server(Answer(status=413, body=b"<html>over quota", headers=headers)) as server:
            self.assertRaises(errors.OverQuota, images_of(server).get, "7")


class TestPaths(base.BaseTestCase):
    def test_an_id_of_the_service_is_not_a_path(self) -> None:
        self.assertRaises(errors.InvalidRequest, image_path, "../../v3/auth/tokens")
