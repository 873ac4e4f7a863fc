"""What goes wrong in the cloud and on the way to it: nothing half-done stays, and the cause is told."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import sqlite3
from typing import Any

import fixtures

from tests.functional.base import FunctionalTest, Result
from tests.functional.faults import Fault, faulty_glance, once
from tests.functional.signing_in import environment_at
from tests.guest_disks import sound_guest

MIB = 1024**2
DELETED = "The unfinished image was deleted."
DATA = r"/v2/images/[^/]+/file"
RECORD = r"/v2/images/[^/]+"


class BadDay(FunctionalTest):
    """Tests with a proxy before Glance that misbehaves."""

    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(3 * MIB))

    def create(self, *faults: Fault, options: str = "", says: list[str], status: int = 1, **more: Any) -> Result:
        """Creates the image through the faults."""
        file = "-" if "stdin" in more else str(self.disk)
        with faulty_glance(self.cloud.image_url, *faults) as image_url:
            return self.openstack(
                f"vsc image create {self.image} --file {file} {options}",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                status=status,
                says=says,
                **more,
            )


class TestTheUploadFails(BadDay):
    def test_a_401_in_mid_upload_is_no_empty_image(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=401, after_bytes=MIB, left=once()),
            says=["The Image service does not accept the credentials", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_401_after_the_last_byte_is_no_empty_image(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=401, left=once()),
            says=["The Image service does not accept the credentials", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_503_is_told(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=503, message="come back later", left=once()),
            says=["The Image service failed: 503 Service Unavailable: come back later", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_record_that_got_no_answer_is_deleted_all_the_same(self) -> None:
        self.create(
            Fault(method="POST", path="/v2/images", status=504, forward=True),
            says=["The Image service failed: 504 Gateway Timeout", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_an_image_of_mine_is_not_touched_when_its_id_was_given_and_nobody_answers(self) -> None:
        mine = self.openstack(f"vsc image create {self.name('mine')} --file {self.disk} -f value -c id").stdout.strip()

        self.create(
            Fault(method="POST", path="/v2/images", reset=True),
            options=f"--id {mine}",
            says=["The Image service does not answer", f"See whether it left a record: openstack image show {mine}"],
        )

        self.openstack(f"vsc image show {mine}")

    def test_a_service_that_stumbles_once_after_the_last_byte_costs_nothing(self) -> None:
        created = self.create(
            Fault(method="GET", path=RECORD, status=503, left=once()),
            options="-f json",
            status=0,
            says=[],
        )

        self.assertEqual("sha512", created.json()["verified"])

    def test_a_file_that_is_renamed_meanwhile_is_the_same_file(self) -> None:
        def move(record: dict[str, Any]) -> None:
            self.disk.rename(self.folder / "moved")

        self.create(
            Fault(method="POST", path="/v2/images", change=move),
            status=0,
            says=[],
        )

    def test_a_lost_connection_is_told(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, reset=True, after_bytes=MIB, left=once()),
            says=["The Image service does not answer", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_redirect_is_not_followed_with_half_a_body(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=307, left=once()),
            says=["The received data differs from the data that was sent: the image is queued, not active", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_quota_is_told(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=413, message="Denying attempt to upload image, quota", left=once()),
            says=["This exceeds your quota or a limit of the Image service: ", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_record_that_cannot_be_deleted_is_told(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, status=503, left=once()),
            Fault(method="DELETE", path=RECORD, status=503),
            says=[
                "The Image service failed: 503",
                "could not be deleted",
                "Do it with: openstack image delete ",
            ],
        )

        (left,) = self.images_named(self.image)
        self.assertEqual("queued", left["Status"])

    def test_a_file_that_is_written_to_meanwhile_is_not_kept(self) -> None:
        def touch(record: dict[str, Any]) -> None:
            with self.disk.open("ab") as file:
                file.write(b"more")

        self.create(
            Fault(method="POST", path="/v2/images", change=touch),
            says=["it was written to while it was being sent", DELETED],
        )

        self.assert_nothing_left(self.image)


class TestTheDataIsNotWhatWasSent(BadDay):
    def lie(self, **lies: Any) -> Fault:
        """The cloud says something else of the image."""
        return Fault(method="GET", path=RECORD, change=lambda record: record.update(lies))

    def test_a_wrong_hash_deletes_it(self) -> None:
        self.create(
            self.lie(os_hash_value="0" * 128),
            says=["The received data differs from the data that was sent: its sha512 is 0000", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_a_wrong_size_deletes_it(self) -> None:
        self.create(self.lie(size=0), says=["3145728 bytes were sent, the cloud has 0", DELETED])

        self.assert_nothing_left(self.image)

    def test_another_algorithm_means_reading_the_file_again(self) -> None:
        right = hashlib.sha256(self.disk.read_bytes()).hexdigest()

        created = self.create(
            self.lie(os_hash_algo="sha256", os_hash_value=right), options="-f json", status=0, says=[]
        )

        self.assertEqual("sha256", created.json()["verified"])
        self.assertIn("reading the file again", created.stderr)

    def test_another_algorithm_finds_what_is_wrong(self) -> None:
        self.create(self.lie(os_hash_algo="sha256", os_hash_value="0" * 64), says=["its sha256 is 0000", DELETED])

    def test_only_the_old_checksum_is_better_than_nothing(self) -> None:
        created = self.create(self.lie(os_hash_algo=None, os_hash_value=None), options="-f json", status=0, says=[])

        self.assertEqual("md5", created.json()["verified"])

    def test_standard_input_with_another_algorithm_is_not_verified_and_told(self) -> None:
        created = self.create(
            self.lie(os_hash_algo="sha256", os_hash_value="0" * 64),
            options="-f json",
            status=0,
            says=["not verified (the cloud hashes with sha256, and standard input cannot be read again)"],
            stdin=self.disk.read_bytes(),
        )

        self.assertEqual("no", created.json()["verified"])

    def test_an_image_that_the_cloud_converts_is_not_verified_and_told(self) -> None:
        created = self.create(
            self.lie(disk_format="qcow2", size=7, os_hash_value="0" * 128),
            options="--import -f json",
            status=0,
            says=["not verified (the cloud has converted it to qcow2)"],
        )

        self.assertEqual("no", created.json()["verified"])


class TestAfterItIsVerified(BadDay):
    def test_a_cloud_that_forbids_community_keeps_the_image_and_names_the_next_step(self) -> None:
        shutil.copyfile(sound_guest(), self.disk)
        forbidden = Fault(method="PATCH", path=RECORD, status=403, message="You are not authorized to communitize")

        self.create(
            forbidden,
            options="--community --description d --protected",
            says=[
                "is uploaded, verified and private, but: The Image service does not allow this",
                "Finish with: openstack image set --community --protected ",
            ],
        )

        (left,) = self.images_named(self.image)
        self.assertEqual("active", left["Status"])

    def test_what_was_not_verified_is_not_called_so(self) -> None:
        shutil.copyfile(sound_guest(), self.disk)

        self.create(
            Fault(method="PATCH", path=RECORD, status=403),
            Fault(method="GET", path=RECORD, change=lambda record: record.update(os_hash_algo="sha256")),
            options="--community --description d",
            says=[
                "is uploaded, not verified (the cloud hashes with sha256",
                "Finish with: openstack image set --community",
            ],
            stdin=self.disk.read_bytes(),
        )


class TestTheCloudDoesNotImport(BadDay):
    def test_it_is_told_before_anything_is_made(self) -> None:
        self.create(
            Fault(method="GET", path="/v2/info/import", status=404),
            options="--import",
            status=2,
            says=["This cloud does not import uploaded data (glance-direct)", "Leave --import out"],
        )

        self.assert_nothing_left(self.image)


class TestNobodyThere(BadDay):
    def test_a_dead_image_service_is_told(self) -> None:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
            dead = f"http://127.0.0.1:{server.getsockname()[1]}"

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment_at(self.cloud, "alice", dead, self.folder),
            status=1,
            says=["The Image service does not answer: connection refused."],
        )

    def test_a_dead_identity_service_is_told(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_AUTH_URL": "http://127.0.0.1:9/v3"}

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["The Identity service does not answer: connection refused.", "Failed to discover available identity"],
        )

    def test_an_image_service_that_never_answers_is_given_up(self) -> None:
        self.give_up_after(1.0)
        with faulty_glance(self.cloud.image_url, Fault(method="GET", path="/v2/images", hang=True)) as image_url:
            self.openstack(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                status=1,
                says=["The Image service does not answer: timed out."],
            )

    def test_an_identity_service_that_never_answers_is_given_up(self) -> None:
        self.give_up_after(1.0)
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

    def give_up_after(self, seconds: float) -> None:
        """A minute is too long for a test."""
        self.useFixture(fixtures.MonkeyPatch("vscclient.glance.client.TIMEOUT_S", seconds))
        self.useFixture(fixtures.MonkeyPatch("vscclient.osc.command.LOGIN_TIMEOUT_S", seconds))


class TestCredentials(BadDay):
    def test_nothing_to_sign_in_with_names_the_openrc(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment={},
            status=1,
            says=["Not signed in: Missing value auth-url", "Source your openrc file"],
        )

    def test_a_region_without_images_is_told(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_REGION_NAME": "nowhere"}

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["Check OS_REGION_NAME"],
        )

    def test_a_wrong_password_is_told(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_PASSWORD": "wrong"}

        self.openstack(
            f"vsc image create {self.image} --file {self.disk}",
            environment=environment,
            status=1,
            says=["The Identity service does not accept the credentials. They may be mistyped, expired or revoked"],
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
