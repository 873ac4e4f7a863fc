"""Faults of the cloud and of the network: nothing unfinished is left, and the cause is reported."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import sqlite3
import time
from typing import Any

import fixtures
import yaml

from tests.functional.base import FunctionalTest, Result
from tests.functional.faults import Fault, faulty_glance, once
from tests.functional.login import environment_at
from tests.guest_disks import sound_guest

MIB = 1024**2
DELETED = "The unfinished image was deleted."
DATA = r"/v2/images/[^/]+/file"
RECORD = r"/v2/images/[^/]+"


class FaultTest(FunctionalTest):
    """Tests with a proxy before Glance that has faults."""

    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(3 * MIB))

    def create(self, *faults: Fault, options: str = "", says: list[str], status: int = 1, **more: Any) -> Result:
        """Create the image by a Glance with these faults."""
        file = "-" if "stdin" in more else str(self.disk)
        with faulty_glance(self.cloud.image_url, *faults) as image_url:
            return self.openstack(
                f"vsc image create {self.image} --file {file} {options}",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                status=status,
                says=says,
                **more,
            )


class TestFailedUpload(FaultTest):
    def test_a_401_during_the_upload_leaves_no_empty_image(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=401, after_bytes=MIB, left=once()),
            says=["The Image service does not accept the credentials", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_401_after_the_last_byte_leaves_no_empty_image(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=401, left=once()),
            says=["The Image service does not accept the credentials", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_503_is_reported(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=503, message="come back later", left=once()),
            says=["The Image service failed: 503 Service Unavailable: come back later", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_an_existing_image_with_the_given_id_is_not_deleted(self) -> None:
        mine = self.openstack(f"vsc image create {self.name('mine')} --file {self.disk} -f value -c id").stdout.strip()

        self.create(
            Fault(method="POST", path="/v2/images", reset=True),
            options=f"--id {mine}",
            says=[
                "The Image service does not answer",
                f"Another image has the ID {mine}; it was not changed.",
            ],
        )

        self.openstack(f"vsc image show {mine}")

    def test_a_single_failure_after_the_last_byte_is_retried(self) -> None:
        created = self.create(
            Fault(method="GET", path=RECORD, status=503, left=once()),
            options="-f json",
            status=0,
            says=[],
        )

        self.assertEqual("sha512", created.json()["verified"])

    def test_a_file_can_be_renamed_during_the_upload(self) -> None:
        def move(record: dict[str, Any]) -> None:
            self.disk.rename(self.folder / "moved")

        self.create(
            Fault(method="POST", path="/v2/images", change=move),
            status=0,
            says=[],
        )

    def test_a_lost_connection_is_reported(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, reset=True, after_bytes=MIB, left=once()),
            says=["The Image service does not answer", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_redirect_of_the_upload_is_not_followed(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=307, left=once()),
            says=[
                "The Image service redirects the request: without an address. The redirect was not followed",
                DELETED,
            ],
        )

        self.assert_nothing_left(self.image)

    def test_an_exceeded_quota_is_reported(self) -> None:
        self.create(
            Fault(
                method="PUT",
                path=DATA,
                status=413,
                message="Denying attempt to upload image, quota",
                headers={"X-Openstack-Request-Id": "req-1"},
                left=once(),
            ),
            says=["This exceeds your quota or a limit of the Image service: ", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_record_that_cannot_be_deleted_is_reported(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=503, left=once()),
            Fault(method="DELETE", path=RECORD, status=503),
            says=[
                "The Image service failed: 503",
                "could not be deleted",
                "Delete it with: openstack image delete ",
            ],
        )

        (left,) = self.images_named(self.image)
        self.assertEqual("queued", left["Status"])

    def test_an_image_of_a_file_that_changes_during_the_upload_is_deleted(self) -> None:
        def touch(record: dict[str, Any]) -> None:
            with self.disk.open("ab") as file:
                file.write(b"more")

        self.create(
            Fault(method="POST", path="/v2/images", change=touch),
            says=["it changed while it was sent", DELETED],
        )

        self.assert_nothing_left(self.image)


class TestVerification(FaultTest):
    def changed_record(self, **fields: Any) -> Fault:
        """Return a fault that changes fields of the record."""
        return Fault(method="GET", path=RECORD, change=lambda record: record.update(fields))

    def test_an_image_with_a_wrong_hash_is_deleted(self) -> None:
        self.create(
            self.changed_record(os_hash_value="0" * 128),
            says=["The received data differs from the data that was sent: its sha512 is 0000", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_an_image_with_a_wrong_size_is_deleted(self) -> None:
        self.create(self.changed_record(size=0), says=["3145728 bytes were sent, the cloud has 0", DELETED])

        self.assert_nothing_left(self.image)

    def test_the_file_is_read_again_for_another_algorithm(self) -> None:
        right = hashlib.sha256(self.disk.read_bytes()).hexdigest()

        created = self.create(
            self.changed_record(os_hash_algo="sha256", os_hash_value=right), options="-f json", status=0, says=[]
        )

        self.assertEqual("sha256", created.json()["verified"])
        self.assertIn("reading the file again", created.stderr)

    def test_an_image_with_a_wrong_hash_of_another_algorithm_is_deleted(self) -> None:
        self.create(
            self.changed_record(os_hash_algo="sha256", os_hash_value="0" * 64), says=["its sha256 is 0000", DELETED]
        )

    def test_the_md5_checksum_is_used_if_there_is_no_other_hash(self) -> None:
        created = self.create(
            self.changed_record(os_hash_algo=None, os_hash_value=None), options="-f json", status=0, says=[]
        )

        self.assertEqual("md5", created.json()["verified"])

    def test_standard_input_is_not_verified_with_another_algorithm(self) -> None:
        created = self.create(
            self.changed_record(os_hash_algo="sha256", os_hash_value="0" * 64),
            options="-f json",
            status=0,
            says=["not verified (the cloud hashes with sha256, and standard input cannot be read again)"],
            stdin=self.disk.read_bytes(),
        )

        self.assertEqual("no", created.json()["verified"])

    def test_an_image_that_the_cloud_converts_is_not_verified(self) -> None:
        created = self.create(
            self.changed_record(disk_format="qcow2", size=7, os_hash_value="0" * 128),
            options="--import -f json",
            status=0,
            says=["not verified (the cloud has converted it to qcow2)"],
        )

        self.assertEqual("no", created.json()["verified"])


class TestAfterVerification(FaultTest):
    def test_an_image_that_cannot_become_community_is_kept(self) -> None:
        shutil.copyfile(sound_guest(), self.disk)
        forbidden = Fault(method="PATCH", path=RECORD, status=403, message="You are not authorized to communitize")

        self.create(
            forbidden,
            options="--community --description d --protected",
            says=[
                "is uploaded and verified, but the last step failed: The Image service does not allow this",
                "The image is complete and private. Finish with: openstack image set --community --protected ",
            ],
        )

        (left,) = self.images_named(self.image)
        self.assertEqual("active", left["Status"])

    def test_an_image_that_is_not_verified_is_reported_so(self) -> None:
        shutil.copyfile(sound_guest(), self.disk)

        self.create(
            Fault(method="PATCH", path=RECORD, status=403),
            Fault(method="GET", path=RECORD, change=lambda record: record.update(os_hash_algo="sha256")),
            options="--community --description d",
            says=[
                "is uploaded and not verified (the cloud hashes with sha256",
                "The image is complete and private. Finish with: openstack image set --community",
            ],
            stdin=self.disk.read_bytes(),
        )


class TestImport(FaultTest):
    def test_a_cloud_without_imports_is_reported_before_a_record_is_created(self) -> None:
        self.create(
            Fault(method="GET", path="/v2/info/import", status=404),
            options="--import",
            status=2,
            says=["This cloud does not support import of uploaded data (glance-direct)", "Omit --import"],
        )

        self.assert_nothing_left(self.image)


class TestUnreachableService(FaultTest):
    def test_a_dead_image_service_is_reported(self) -> None:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
            dead = f"http://127.0.0.1:{server.getsockname()[1]}"

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment_at(self.cloud, "alice", dead, self.folder),
            status=1,
            says=["The Image service does not answer: connection refused."],
        )

    def test_a_dead_identity_service_is_reported(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_AUTH_URL": "http://127.0.0.1:9/v3"}

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["The Identity service does not answer: connection refused.", "Failed to discover available identity"],
        )

    def test_an_image_service_that_never_answers_has_a_timeout(self) -> None:
        self.use_timeout(1.0)
        with faulty_glance(self.cloud.image_url, Fault(method="GET", path="/v2/images", hang=True)) as image_url:
            self.openstack(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                status=1,
                says=["The Image service does not answer: timed out."],
            )

    def test_an_identity_service_that_never_answers_has_a_timeout(self) -> None:
        self.use_timeout(1.0)
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
            environment = self.cloud.users["alice"].environment | {
                "OS_AUTH_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/v3"
            }

            self.openstack(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment,
                status=1,
                says=["The Identity service does not answer: timed out.", "Failed to discover available identity"],
            )

    def test_the_timeout_of_the_user_is_used(self) -> None:
        hang = Fault(method="GET", path="/v2/images", hang=True)
        for name in ("OS_API_TIMEOUT", "clouds.yaml"):
            with self.subTest(name=name), faulty_glance(self.cloud.image_url, hang) as image_url:
                environment = environment_at(self.cloud, "alice", image_url, self.folder)
                if name == "clouds.yaml":
                    file = self.folder / "clouds.yaml"
                    clouds = yaml.safe_load(file.read_text(encoding="utf-8"))
                    clouds["clouds"]["elsewhere"]["api_timeout"] = 1
                    file.write_text(yaml.safe_dump(clouds), encoding="utf-8")
                else:
                    environment["OS_API_TIMEOUT"] = "1"
                start = time.monotonic()

                self.openstack(
                    f"vsc image show {self.image}",
                    environment=environment,
                    status=1,
                    says=["The Image service does not answer: timed out."],
                )

                self.assertLess(time.monotonic() - start, 20)

    def test_an_impossible_timeout_is_reported(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_API_TIMEOUT": "soon"}

        self.openstack(
            f"vsc image show {self.image}",
            environment=environment,
            status=2,
            says=["OS_API_TIMEOUT is 'soon', which is not a number of seconds above 0"],
        )

    def use_timeout(self, seconds: float) -> None:
        """Replace the timeout, which is too long for a test."""
        self.useFixture(fixtures.MonkeyPatch("vscclient.glance.client.TIMEOUT_S", seconds))
        self.useFixture(fixtures.MonkeyPatch("vscclient.osc.command.TIMEOUT_S", seconds))


class TestCredentials(FaultTest):
    def test_missing_credentials_are_reported(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment={},
            status=1,
            says=["Not signed in: Missing value auth-url", "Source your openrc file"],
        )

    def test_a_region_without_an_image_service_is_reported(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_REGION_NAME": "nowhere"}

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["Check OS_REGION_NAME"],
        )

    def test_a_wrong_password_is_reported(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_PASSWORD": "wrong"}

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["The Identity service does not accept the credentials. A value is wrong", "check: OS_PASSWORD"],
        )

    def test_an_expired_application_credential_is_reported(self) -> None:
        environment = self.credential()
        self.expire(environment["OS_APPLICATION_CREDENTIAL_ID"])

        self.assert_not_accepted(environment)

    def test_a_deleted_application_credential_is_reported(self) -> None:
        environment = self.credential()
        self.openstack(f"application credential delete {environment['OS_APPLICATION_CREDENTIAL_ID']}")

        self.assert_not_accepted(environment)

    def credential(self) -> dict[str, str]:
        """Return the environment of a new application credential of alice."""
        shown = self.openstack(f"application credential create {self.name('short')} -f json").json()
        made = {key.lower(): value for key, value in shown.items()}
        alice = self.cloud.users["alice"].environment
        return {key: alice[key] for key in ("OS_AUTH_URL", "OS_REGION_NAME", "OS_INTERFACE")} | {
            "OS_AUTH_TYPE": "v3applicationcredential",
            "OS_APPLICATION_CREDENTIAL_ID": made["id"],
            "OS_APPLICATION_CREDENTIAL_SECRET": made["secret"],
            "OS_IDENTITY_API_VERSION": "3",
        }

    def expire(self, credential_id: str) -> None:
        """Move the end of an application credential into the past, in Keystone's database.

        Keystone refuses to create one that has already ended, and one that ends in some seconds is refused on a machine
        that is busy for longer.
        """
        with contextlib.closing(sqlite3.connect(self.cloud.folder / "keystone.db", timeout=60)) as database, database:
            statement = "UPDATE application_credential SET expires_at = 1 WHERE id = ?"
            self.assertEqual(1, database.execute(statement, [credential_id]).rowcount)

    def assert_not_accepted(self, environment: dict[str, str]) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["The Identity service does not accept the credentials"],
        )
