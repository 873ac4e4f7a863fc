"""Connections that fail in different ways: each has its cause."""

from __future__ import annotations

import os
import socket
import ssl
import tempfile

import fixtures
import requests
from glanceclient import exc
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token

from tests import base
from tests.unit.transport.hostile import Answer, hostile_server
from vscclient import errors
from vscclient.glance.client import Service
from vscclient.glance.images import ImageService
from vscclient.transport.connection_failure import cause_of
from vscclient.transport.tls_files import tls_file_error

VARIABLES = ("https_proxy", "http_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class ConnectionTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        for name in VARIABLES:
            self.useFixture(fixtures.EnvironmentVariable(name))
            self.useFixture(fixtures.EnvironmentVariable(name.upper()))

    def failure_at(self, address: str, verify: bool | str = True) -> errors.CloudError:
        """Return the error of a request to an Image service at an address."""
        session = Session(auth=Token(address, "token"), verify=verify)
        return self.assertRaises(errors.CloudError, ImageService(Service(session, address)).get, "7")


class TestCause(ConnectionTest):
    def test_each_lost_connection_has_its_cause(self) -> None:
        with (
            hostile_server(Answer(raw=b"")) as silent,
            hostile_server(Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n")) as other,
            hostile_server(Answer(headers={"Content-Encoding": "gzip"}, body=b"no gzip")) as garbled,
        ):
            for address, cause in (
                (silent.address, "it closed the connection without an answer"),
                (other.address, "its answer is not HTTP, but 'SSH-2.0-OpenSSH_9.2'"),
                (garbled.address, "its answer cannot be decompressed"),
                (f"http://127.0.0.1:{unused_port()}", "connection refused"),
                ("http://nosuchhost.invalid", "the name of its host cannot be resolved"),
                (silent.address.replace("http:", "https:"), "TLS (https) is not spoken at this address"),
            ):
                with self.subTest(address=address, cause=cause):
                    failure = self.failure_at(address)

                    self.assertIs(errors.Unreachable, type(failure))
                    self.assertEqual(
                        f"The Image service does not answer: {cause}. "
                        "Check the network and the address, then try again",
                        str(failure),
                    )

    def test_the_cause_is_taken_from_the_text_if_nothing_else_is_known(self) -> None:
        text = "HTTPConnectionPool(host='h', port=1): Max retries exceeded: /v3 ([Errno 111] Connection refused)"

        self.assertEqual("connection refused", cause_of(OSError(text)))
        self.assertEqual("timed out", cause_of(OSError("Request to http://h/ timed out")))
        self.assertEqual("odd", cause_of(exc.CommunicationError("odd\nsecond line")))

    def test_a_dead_proxy_is_named_without_its_password(self) -> None:
        port = unused_port()
        for variable, address in (("http_proxy", "http://h.example"), ("https_proxy", "https://h.example")):
            with self.subTest(variable=variable):
                self.useFixture(fixtures.EnvironmentVariable(variable, f"http://me:secret@127.0.0.1:{port}"))

                failure = str(self.failure_at(address))

                self.assertIn(f"Cannot connect to the proxy 127.0.0.1:{port} (set by {variable})", failure)
                self.assertIn("name the cloud's host in no_proxy", failure)
                self.assertNotIn("secret", failure)
                self.useFixture(fixtures.EnvironmentVariable(variable))


class TestTlsFiles(ConnectionTest):
    def unusable(self, failure: BaseException, ca_file: object = None) -> str:
        error = tls_file_error(failure, ca_file)
        assert error
        return str(error)

    def failure_with(self, **options: object) -> Exception:
        try:
            requests.get(f"https://127.0.0.1:{self.port}/", timeout=5, **options)  # type: ignore[arg-type]
        except OSError as failure:
            return failure
        raise AssertionError

    def setUp(self) -> None:
        super().setUp()
        self.port = unused_port()
        listener = socket.create_server(("127.0.0.1", self.port))
        self.addCleanup(listener.close)

    def test_a_missing_file_is_named_with_its_setting(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("OS_CACERT", "/no/such/ca.pem"))

        sentence = self.unusable(self.failure_with(verify="/no/such/ca.pem"))

        self.assertEqual(
            "The file with the certificates of authorities, /no/such/ca.pem, cannot be used: it does not exist. "
            "It is named by OS_CACERT: correct the path there, or remove it",
            sentence,
        )

    def test_a_missing_file_of_requests_is_named_with_its_setting(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem"))

        self.assertIn("named by REQUESTS_CA_BUNDLE:", self.unusable(self.failure_with()))

    def test_a_missing_certificate_or_key_is_named(self) -> None:
        self.assertIn("with the certificate, /no/c.pem,", self.unusable(self.failure_with(cert="/no/c.pem")))
        with tempfile.NamedTemporaryFile() as certificate:
            pair = (certificate.name, "/no/k.pem")
            self.assertIn("with the key of your certificate, /no/k.pem,", self.unusable(self.failure_with(cert=pair)))

    def test_a_file_without_certificates_is_named(self) -> None:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("not a certificate")
            file.flush()

            sentence = self.unusable(self.failure_with(verify=file.name), file.name)

        self.assertIn(f"{file.name}, cannot be used: it contains no certificate", sentence)

    def test_an_unreadable_file_is_named(self) -> None:
        failure = ssl.SSLError("load")
        failure.__cause__ = PermissionError(13, "Permission denied")

        self.assertIn("permission denied", self.unusable(failure, "/etc/shadow"))

    def test_another_failure_is_not_one_of_a_file(self) -> None:
        self.assertIsNone(tls_file_error(ConnectionResetError(104, "Connection reset by peer"), os.devnull))
