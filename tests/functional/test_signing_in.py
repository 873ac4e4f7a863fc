"""Logins and connections that fail: each message has the cause and the advice."""

from __future__ import annotations

import json
import shlex
import socket
from typing import Any

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, SharingTest

ACCEPT = "The image appears in a project's list after"

IMAGE_RULES = json.dumps(
    [{"service": "image", "method": method, "path": "/v2/**"} for method in ("GET", "POST", "PUT", "PATCH", "DELETE")],
    separators=(",", ":"),
)
USUAL = ("OS_AUTH_URL", "OS_REGION_NAME", "OS_INTERFACE")
DISCOVERY = "Failed to discover available identity versions"


class CredentialTest(SharingTest):
    def credential(self, options: str = "") -> dict[str, str]:
        """Return the environment of a new application credential of alice."""
        shown = self.openstack(f"application credential create {self.name('short')} {options} -f json").json()
        made = {key.lower(): value for key, value in shown.items()}
        alice = self.cloud.users["alice"].environment
        return {key: alice[key] for key in USUAL} | {
            "OS_AUTH_TYPE": "v3applicationcredential",
            "OS_APPLICATION_CREDENTIAL_ID": made["id"],
            "OS_APPLICATION_CREDENTIAL_SECRET": made["secret"],
            "OS_IDENTITY_API_VERSION": "3",
        }


class TestSigningIn(CredentialTest):
    def refused(self, environment: dict[str, str], *says: str) -> None:
        self.openstack("vsc image list", environment=environment, status=1, says=[*says])

    def test_a_project_left_over_beside_an_application_credential_is_reported(self) -> None:
        environment = self.credential() | {"OS_PROJECT_NAME": "VSC_00001", "OS_PROJECT_DOMAIN_NAME": "Default"}

        self.refused(
            environment,
            "Application credentials cannot request a scope. An application credential is for one user and one "
            "project, and must not name another: unset OS_PROJECT_NAME OS_PROJECT_DOMAIN_NAME",
        )
        self.refused(
            self.credential() | {"OS_USERNAME": "bob", "OS_TOKEN": "x"},
            "Not signed in: ",
            "must not name another: unset OS_TOKEN OS_USERNAME",
        )

    def test_an_openrc_file_from_windows_is_reported(self) -> None:
        alice = self.cloud.users["alice"].environment
        credential = self.credential()
        for environment, name in (
            (alice, "OS_PASSWORD"),
            (alice, "OS_USERNAME"),
            (credential, "OS_AUTH_TYPE"),
            (credential, "OS_REGION_NAME"),
            (credential, "OS_INTERFACE"),
        ):
            with self.subTest(name=name):
                self.refused(environment | {name: f"{environment[name]}\r"}, f"{name} has a carriage return at the end")

    def test_an_expired_token_is_reported(self) -> None:
        alice = self.cloud.users["alice"].environment
        environment = {key: alice[key] for key in USUAL} | {"OS_AUTH_TYPE": "token", "OS_TOKEN": "expired"}

        self.refused(environment, "does not accept the credentials", "has expired; check: OS_TOKEN")

    def test_a_wrong_value_of_a_login_by_password_is_reported(self) -> None:
        alice = self.cloud.users["alice"].environment

        self.refused(
            alice | {"OS_PASSWORD": "wrong"}, "does not accept the credentials", "check: OS_PASSWORD, OS_USERNAME"
        )

    def test_an_address_with_a_wrong_version_is_reported(self) -> None:
        credential = self.credential()
        address = credential["OS_AUTH_URL"].replace("/v3", "/v2.0")

        self.refused(
            credential | {"OS_AUTH_URL": address}, "404 Not Found", f"({address}), which usually ends with /v3"
        )

    def test_https_instead_of_http_is_reported(self) -> None:
        alice = self.cloud.users["alice"].environment
        address = alice["OS_AUTH_URL"]

        self.openstack(
            "vsc image list",
            environment=alice | {"OS_AUTH_URL": address.replace("http:", "https:")},
            status=1,
            says=[f"Try plain HTTP: export OS_AUTH_URL={address}", DISCOVERY],
        )

    def test_a_dead_proxy_is_reported(self) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = self.cloud.users["alice"].environment | {"http_proxy": proxy, "no_proxy": "", "NO_PROXY": ""}

        self.openstack(
            "vsc image list",
            environment=environment,
            status=1,
            says=[
                f"Cannot connect to the proxy {proxy} (set by http_proxy)",
                DISCOVERY,
            ],
        )

    def test_a_missing_file_with_authorities_is_named_with_its_setting(self) -> None:
        environment = self.cloud.users["alice"].environment | {
            "OS_AUTH_URL": "https://127.0.0.1:1/v3",
            "OS_CACERT": "/no/such/ca.pem",
        }

        self.refused(environment, "/no/such/ca.pem, cannot be used: it does not exist. It is named by OS_CACERT")


class TestAccessRules(CredentialTest):
    """An application credential with access rules for the Image service only, as pipelines should use it."""

    def setUp(self) -> None:
        super().setUp()
        self.environment = self.credential(f"--access-rules {shlex.quote(IMAGE_RULES)}")
        self.friend = self.id_of(FRIEND)

    def run_restricted(self, command: str, **options: Any) -> Any:
        return self.openstack(command, environment=self.environment, **options)

    def test_a_shared_image_can_be_changed_and_taken_back(self) -> None:
        image = self.create(f"--share-with {self.friend}", says=[ACCEPT])

        self.run_restricted(f"vsc image set {image} --tag nightly", says=["Changed", "tags"])
        listed = self.run_restricted(f"vsc image member list {image} -f json", says=[ACCEPT]).json()
        self.run_restricted(f"vsc image unshare {image} {self.friend} --yes", says=["loses access"])

        self.assertIn(self.friend, json.dumps(listed))
        self.assertEqual({}, self.members(image))

    def test_an_image_is_shared_by_id_and_made_private(self) -> None:
        image = self.create()

        self.run_restricted(f"vsc image share {image} {self.friend}", says=["Changed", "visibility", ACCEPT])
        self.assertEqual({self.friend: "pending"}, self.members(image))
        self.run_restricted(
            f"vsc image private {image} --yes",
            says=["loses access", "Changed", "visibility", "If the image is shared again"],
        )

        self.assertEqual("private", self.show(image)["visibility"])

    def test_access_rules_that_exclude_the_image_service_are_reported(self) -> None:
        rule = json.dumps([{"service": "compute", "method": "GET", "path": "/v2.1/servers"}], separators=(",", ":"))

        self.openstack(
            "vsc image list",
            environment=self.credential(f"--access-rules {shlex.quote(rule)}"),
            status=1,
            says=["The Image service does not accept the credentials. The Identity service has accepted them: an"],
        )

    def test_a_name_is_refused_with_the_reason(self) -> None:
        image = self.create()

        self.run_restricted(
            f"vsc image share {image} {FRIEND}",
            status=3,
            says=["use IDs of projects", "V106", "ask a user", "Refused by", "Details"],
        )

        self.assertEqual("private", self.show(image)["visibility"])


class TestHostileImageService(SharingTest):
    def test_a_redirect_to_another_place_is_refused(self) -> None:
        for method, command, more in (
            ("GET", "vsc image list", []),
            ("POST", f"vsc image create {self.image} --no-data", ["No record was found"]),
        ):
            fault = Fault(method=method, path="/v2/images", status=307, headers={"Location": "http://127.0.0.1:1/v2"})
            with self.subTest(method=method), faulty_glance(self.cloud.image_url, fault) as address:
                places = f"{method} from {address} to http://127.0.0.1:1"
                self.openstack(
                    command,
                    status=1,
                    says=[f"redirects the request: {places}, which must not get", *more],
                    environment=environment_at(self.cloud, "alice", address, self.folder),
                )

    def test_a_list_that_does_not_end_is_shown_as_far_as_it_was_received(self) -> None:
        image = self.create()

        def repeat(answer: dict[str, Any]) -> None:
            answer["next"] = "/v2/images?marker=1"

        fault = Fault(method="GET", path="/v2/images", change=repeat)
        with faulty_glance(self.cloud.image_url, fault) as address:
            result = self.openstack(
                "vsc image list --mine -f value -c ID",
                status=1,
                says=["The list is not complete: the Image service repeats a page"],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

        self.assertIn(image, result.stdout.split())

    def test_a_value_of_the_wrong_type_is_one_sentence(self) -> None:
        image = self.create()
        fault = Fault(method="GET", path="/v2/images/[^/]+", change=lambda record: record.update(min_disk="5"))
        with faulty_glance(self.cloud.image_url, fault) as address:
            for command in (f"vsc image show {image}", f"vsc image set {image} --tag a", f"vsc image private {image}"):
                with self.subTest(command=command):
                    self.openstack(
                        command,
                        status=1,
                        says=[f"The Image service returned: an impossible value: min_disk of {image} is '5'"],
                        environment=environment_at(self.cloud, "alice", address, self.folder),
                    )
