"""Logins that fail: each cause has its advice."""

from __future__ import annotations

import os
import ssl

import fixtures
from keystoneauth1 import exceptions as ksa
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from openstack.exceptions import ConfigException
from osc_lib.exceptions import CommandError

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
        for name in [*os.environ]:
            if name.startswith("OS_") or name.lower().endswith("_proxy"):
                self.useFixture(fixtures.EnvironmentVariable(name))

    def set_variables(self, **variables: str) -> None:
        for name, value in variables.items():
            self.useFixture(fixtures.EnvironmentVariable(name, value))

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

    def test_a_damaged_variable_is_named_but_not_its_value(self) -> None:
        for value, damage in (
            ("secret\r", "a carriage return at the end"),
            ("secret ", "a space or an invisible character"),
            (" secret", "a space or an invisible character"),
            ("secret\u00a0", "a space or an invisible character"),
            ("secret\u200b", "a space or an invisible character"),
            ("\ufeffsecret", "a space or an invisible character"),
            ("'secret'", "quotation marks"),
            ("\u201csecret\u201d", "quotation marks"),
        ):
            self.set_variables(OS_PASSWORD=value)
            for failure in (
                ksa.Unauthorized("The request you have made requires authentication."),
                ksa.NotFound("x"),
                ksa.NoMatchingPlugin("password\r"),
                ksa.EndpointNotFound("public\r endpoint for image service not found"),
            ):
                with self.subTest(value=value, failure=failure):
                    sentence = str(login_error_of(failure))

                    self.assertIn(f"OS_PASSWORD has {damage}", sentence)
                    self.assertIn("source it again", sentence)
                    self.assertNotIn("secret", sentence)

    def test_a_carriage_return_in_many_variables_stays_one_line(self) -> None:
        self.set_variables(**{f"OS_{letter}": "x\r" for letter in "ABCDE"})

        self.assertIn("OS_A, OS_B, OS_C and 2 more have a carriage return", str(login_error_of(ksa.NotFound("x"))))

    def test_a_damaged_value_is_not_blamed_for_a_service_that_fails(self) -> None:
        self.set_variables(OS_PASSWORD="secret ")
        for failure in (ksa.BadGateway(), ConnectionRefusedError(111, "Connection refused")):
            with self.subTest(failure=failure):
                self.assertNotIn("OS_PASSWORD", str(login_error_of(failure)))

        self.set_variables(OS_AUTH_URL="http://k\r")
        self.assertIn("OS_AUTH_URL has a carriage", str(login_error_of(ConnectionRefusedError(111, "refused"))))

    def test_values_with_blanks_and_quotation_marks_inside_are_not_damaged(self) -> None:
        for value in ("two words", "'half", "a'b'c", '"'):
            with self.subTest(value=value):
                self.set_variables(OS_PASSWORD=value)

                self.assertIn("They may be mistyped", str(login_error_of(ksa.Unauthorized(""))))

    def test_variables_beside_an_application_credential_are_named_before_any_request(self) -> None:
        self.set_variables(OS_APPLICATION_CREDENTIAL_ID="1", OS_USERNAME="bob", OS_PROJECT_NAME="VSC_00001")
        for failure in (
            ksa.OptionError("You have provided a username. In the V3 identity API a username is only unique …"),
            TypeError("ApplicationCredential.__init__() got an unexpected keyword argument 'token'"),
        ):
            with self.subTest(failure=failure):
                sentence = str(login_error_of(failure, LoginSettings(auth_type=CREDENTIAL)))

                self.assertIn("Not signed in: ", sentence)
                self.assertTrue(sentence.endswith("must not name another: unset OS_USERNAME OS_PROJECT_NAME"), sentence)

    def test_the_user_of_a_named_application_credential_is_not_left_over(self) -> None:
        self.set_variables(OS_APPLICATION_CREDENTIAL_NAME="mine", OS_USERNAME="bob", OS_PROJECT_NAME="VSC_00001")

        sentence = str(login_error_of(ksa.Unauthorized(SCOPE), LoginSettings(auth_type=CREDENTIAL)))

        self.assertTrue(sentence.endswith("unset OS_PROJECT_NAME"), sentence)
        self.set_variables(OS_PROJECT_NAME="")
        incomplete = ksa.OptionError("You have provided a username. You must also provide a user_domain_id")
        sentence = str(login_error_of(incomplete, LoginSettings(auth_type=CREDENTIAL)))
        self.assertIn("Source your openrc file", sentence)

    def test_an_application_credential_without_its_kind_of_login_is_reported(self) -> None:
        self.set_variables(OS_APPLICATION_CREDENTIAL_ID="1")
        for auth_type, failure in (
            ("password", CommandError("No password entered, or found via --os-password or OS_PASSWORD")),
            ("v3applicationcredentials", ksa.NoMatchingPlugin("v3applicationcredentials")),
        ):
            with self.subTest(auth_type=auth_type):
                sentence = str(login_error_of(failure, LoginSettings(auth_type=auth_type)))

                self.assertTrue(sentence.endswith("export OS_AUTH_TYPE=v3applicationcredential"), sentence)

    def test_an_entry_of_clouds_yaml_beside_an_openrc_file_is_reported(self) -> None:
        self.set_variables(OS_AUTH_URL="http://k/v3")
        settings = LoginSettings.of_config({"auth_type": "password"}, "vsc")

        self.assertIn(
            "The entry vsc of clouds.yaml and the variables", str(login_error_of(ksa.OptionError("x"), settings))
        )
        self.assertNotIn(
            "clouds.yaml and", str(login_error_of(ksa.OptionError("x"), LoginSettings.of_config({}, "envvars")))
        )

    def test_a_missing_value_is_one_line(self) -> None:
        for failure in (
            CommandError("Missing parameter(s): \\nSet a username"),
            ConfigException("Missing\nSet a username"),
        ):
            with self.subTest(failure=failure):
                sentence = str(login_error_of(failure))

                self.assertIn("Set a username. Source your openrc file", sentence)
                self.assertNotIn("\\n", sentence)

    def test_the_values_of_a_login_by_password_are_named(self) -> None:
        self.set_variables(OS_USERNAME="alice", OS_PASSWORD="secret", OS_PROJECT_NAME="VSC_00001")

        sentence = str(login_error_of(ksa.Unauthorized(""), LoginSettings(auth_type="password")))

        self.assertTrue(sentence.endswith("check: OS_PASSWORD, OS_USERNAME, OS_PROJECT_NAME"), sentence)

    def test_the_entry_of_clouds_yaml_is_named(self) -> None:
        sentence = str(login_error_of(ksa.Unauthorized(""), LoginSettings(auth_type="password", cloud="vsc")))

        self.assertTrue(sentence.endswith("check: the entry vsc of clouds.yaml"), sentence)

    def test_an_expired_token_is_reported(self) -> None:
        self.set_variables(OS_TOKEN="secret")
        for reason in ("Failed to validate token", "Could not recognize Fernet token"):
            with self.subTest(reason=reason):
                error = login_error_of(ksa.NotFound(reason), LoginSettings(auth_url="http://k/v3", auth_type="token"))

                self.assertIsInstance(error, errors.NotSignedIn)
                self.assertTrue(str(error).endswith("has expired; check: OS_TOKEN"), str(error))

    def test_a_request_that_keystone_rejects_names_the_values(self) -> None:
        self.set_variables(OS_USERNAME="alice", OS_IDENTITY_API_VERSION="2")
        failure = ksa.BadRequest(
            "Expecting to find domain in user. The server could not comply with the request since it is either "
            "malformed or otherwise incorrect. The client is assumed to be in error."
        )

        self.assertEqual(
            "The Identity service rejects the request: Expecting to find domain in user. "
            "A value is wrong, is missing or has expired; check: OS_IDENTITY_API_VERSION (must be 3), OS_USERNAME",
            str(login_error_of(failure, LoginSettings(auth_type="v2password"))),
        )

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
        self.assertEqual(
            "The Identity service returned: 404 Not Found; is this the address of an Identity service? "
            "Check OS_AUTH_URL (http://k/v9), which usually ends with /v3, and the network",
            str(wrong),
        )

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
    def test_the_password_in_an_address_is_not_shown(self) -> None:
        settings = LoginSettings.of_config({"auth": {"auth_url": "http://me:sec@ret@k:5000/v3"}})

        self.assertIn("OS_AUTH_URL (http://k:5000/v3)", str(login_error_of(ConnectionRefusedError(111, "x"), settings)))

    def test_the_address_is_corrected_where_it_was_set(self) -> None:
        settings = LoginSettings(auth_url="http://k/v3", cloud="vsc")
        lost = ConnectionResetError(104, "Connection reset by peer")

        self.assertIn("set auth_url: https://k/v3 in the entry vsc of clouds.yaml", str(login_error_of(lost, settings)))
        self.set_variables(OS_AUTH_URL="http://k/v3")
        self.assertIn("export OS_AUTH_URL=https://k/v3", str(login_error_of(lost, settings)))

    def test_a_proxy_on_the_way_is_named(self) -> None:
        self.set_variables(http_proxy="http://me:secret@proxy:3128")
        failure = TimeoutError("timed out")

        sentence = str(login_error_of(failure, LoginSettings(auth_url="http://k/v3")))
        self.assertIn("Check OS_AUTH_URL (http://k/v3), the proxy in http_proxy, and the network", sentence)
        self.set_variables(no_proxy="k")
        self.assertNotIn("http_proxy", str(login_error_of(failure, LoginSettings(auth_url="http://k/v3"))))

    def test_the_advice_about_a_certificate_fits_its_fault(self) -> None:
        for code, advice in (
            (10, "Check the clock of this machine"),
            (62, "Use the host name for which the certificate is valid"),
            (18, "The authority that signed it is not in /ca.pem, which is named by OS_CACERT"),
        ):
            failure = ssl.SSLCertVerificationError(1, "certificate verify failed")
            failure.verify_code, failure.verify_message = code, "why"
            self.set_variables(OS_CACERT="/ca.pem")
            with self.subTest(code=code):
                settings = LoginSettings(auth_url="https://k/v3", ca_file="/ca.pem")

                self.assertIn(advice, str(login_error_of(failure, settings)))

    def test_another_protocol_is_quoted_and_https_is_not_advised(self) -> None:
        with hostile_server(Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n")) as server:
            sentence = str(self.failure_at(server.address))

        self.assertIn("its answer is not HTTP, but 'SSH-2.0-OpenSSH_9.2'. Check OS_AUTH_URL", sentence)

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
