"""Logins that fail: each cause has its advice."""

from __future__ import annotations

import fixtures
from keystoneauth1 import exceptions as ksa
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from tests import base
from tests.unit.transport.hostile import Answer, Received, hostile_server
from vscclient import errors
from vscclient.identity.login import LOGIN_FAILURES, LoginSettings, login_error_of
from vscclient.transport import answers

CREDENTIAL = "v3applicationcredential"
SCOPE = "Error authenticating with application credential: Application credentials cannot request a scope."
JSON = {"Content-Type": "application/json"}


class LoginTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        for name in ("OS_PASSWORD", "OS_PROJECT_ID", "OS_PROJECT_NAME", "OS_AUTH_URL"):
            self.useFixture(fixtures.EnvironmentVariable(name))

    def failure_at(self, address: str) -> errors.Error:
        """Return the error of a login at an address."""
        auth = Password(f"{address}/v3", username="alice", password="secret", user_domain_id="default")
        session = Session(auth=auth)
        answers.guard_answers(session, "Identity service")
        try:
            _ = auth.get_access(session).project_id
        except errors.Error as failure:
            return failure
        except LOGIN_FAILURES as failure:
            return login_error_of(failure, LoginSettings(auth_url=f"{address}/v3", auth_type="password"))
        raise AssertionError


class TestAdvice(LoginTest):
    def test_a_project_beside_an_application_credential_is_named(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("OS_PROJECT_NAME", "VSC_00001"))

        sentence = str(login_error_of(ksa.Unauthorized(SCOPE), LoginSettings(auth_type=CREDENTIAL)))

        self.assertIn("Application credentials cannot request a scope. ", sentence)
        self.assertTrue(sentence.endswith("must not name another: unset OS_PROJECT_NAME"), sentence)

    def test_a_project_of_clouds_yaml_is_named_too(self) -> None:
        sentence = str(login_error_of(ksa.Unauthorized(SCOPE), LoginSettings(auth_type=CREDENTIAL)))

        self.assertIn("remove the project from the entry of clouds.yaml", sentence)

    def test_a_carriage_return_in_a_variable_is_named_but_not_its_value(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("OS_PASSWORD", "secret\r"))
        for failure in (ksa.Unauthorized("The request you have made requires authentication."), ksa.NotFound("x")):
            with self.subTest(failure=failure):
                sentence = str(login_error_of(failure))

                self.assertIn("OS_PASSWORD ends with a carriage return or a space", sentence)
                self.assertIn("sed -i", sentence)
                self.assertNotIn("secret", sentence)

    def test_keystones_reason_is_in_the_message_if_it_says_anything(self) -> None:
        for reason, part in (
            ("The account is locked for user: 12.", "credentials: The account is locked for user: 12. They"),
            ("The request you have made requires authentication.", "credentials. They may be mistyped"),
        ):
            with self.subTest(reason=reason):
                self.assertIn(part, str(login_error_of(ksa.Unauthorized(f"{reason} (HTTP 401) (Request-ID: req-1)"))))

    def test_a_404_is_about_the_credentials_only_if_it_says_so(self) -> None:
        gone = login_error_of(ksa.NotFound("Could not find Application Credential: 12."))
        wrong = login_error_of(ksa.NotFound("The requested URL was not found."), LoginSettings(auth_url="http://k/v9"))

        self.assertIsInstance(gone, errors.NotSignedIn)
        self.assertIn("Check the network and OS_AUTH_URL (http://k/v9)", str(wrong))

    def test_an_address_without_a_protocol_is_named(self) -> None:
        for address in ("cloud.example:5000/v3", '"https://cloud.example:5000/v3"'):
            with self.subTest(address=address):
                settings = LoginSettings(auth_url=address)

                sentence = str(login_error_of(ksa.EndpointNotFound("no endpoint"), settings))

                self.assertIn(f"OS_AUTH_URL, {address}, begins with neither https:// nor http://", sentence)

    def test_an_unknown_kind_of_login_is_named(self) -> None:
        self.assertIn("Not signed in: ", str(login_error_of(ksa.NoMatchingPlugin("nope"))))

    def test_a_file_that_cannot_be_read_is_named(self) -> None:
        failure = PermissionError(13, "Permission denied", "/etc/openstack/clouds.yaml")

        self.assertEqual("/etc/openstack/clouds.yaml: permission denied", str(login_error_of(failure)))


class TestAddresses(LoginTest):
    def test_https_at_a_server_without_tls_is_reported(self) -> None:
        with hostile_server(Answer(raw=b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
            address = server.address.replace("http:", "https:")

            sentence = str(self.failure_at(address))

        self.assertIn(f"Try plain HTTP: export OS_AUTH_URL={server.address}/v3", sentence)

    def test_http_at_a_server_with_tls_is_reported(self) -> None:
        nginx = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"
        for answer in (
            Answer(raw=b""),
            Answer(raw=b"\x15\x03\x03\x00\x02\x02\x46"),
            Answer(status=400, body=nginx, headers={"Content-Type": "text/html"}),
        ):
            with self.subTest(answer=answer), hostile_server(answer) as server:
                sentence = str(self.failure_at(server.address))

                https = server.address.replace("http:", "https:")
                self.assertIn(f"may expect https: export OS_AUTH_URL={https}/v3", sentence)

    def test_the_password_is_not_sent_to_another_place(self) -> None:
        with hostile_server(Answer()) as thief:
            redirect = Answer(status=307, headers={"Location": f"{thief.address}/v3/auth/tokens"})
            with hostile_server(redirect) as server:
                failure = self.failure_at(server.address)

            self.assertIsInstance(failure, errors.RefusedRedirect)
            self.assertEqual([], thief.received)

    def test_a_proxys_page_gives_its_title_as_reason(self) -> None:
        page = b"<html><head><title>Maintenance until noon</title></head><body>x</body></html>"
        with hostile_server(Answer(status=502, body=page, headers={"Content-Type": "text/html"})) as server:
            sentence = str(self.failure_at(server.address))

        self.assertEqual(
            "The Identity service failed: 502 Bad Gateway: Maintenance until noon. Try again later", sentence
        )

    def test_an_answer_of_another_service_is_reported(self) -> None:
        for body in (b"{}", b"null", b'{"token": null}', b"<html>", b"[" * 100000):
            answer = Answer(status=201, body=body, headers=JSON | {"X-Subject-Token": "t"})
            with self.subTest(body=body[:20]), hostile_server(answer) as server:
                failure = self.failure_at(server.address)

                self.assertIsInstance(failure, errors.UnexpectedAnswer)
                self.assertIn("Identity service", str(failure))

    def test_an_answer_without_an_end_is_an_error(self) -> None:
        self.useFixture(fixtures.MockPatchObject(answers, "MAX_ANSWER_BYTES", 1024**2))
        with hostile_server(Answer(status=201, body=b" " * 2 * 1024**2, headers=JSON)) as server:
            self.assertIn("more than 1 MiB", str(self.failure_at(server.address)))

    def test_a_json_error_of_keystone_is_read(self) -> None:
        def answer(_: Received) -> Answer:
            body = b'{"error": {"code": 401, "message": "The password is expired and needs to be changed"}}'
            return Answer(status=401, body=body, headers=JSON)

        with hostile_server(answer) as server:
            self.assertIn("The password is expired", str(self.failure_at(server.address)))
