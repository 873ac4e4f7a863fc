"""Community images: publishing an image, and making it private."""

from __future__ import annotations

import os
import pty
import select
import subprocess

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import ANOTHER, FRIEND, UNDECLARED, SharingTest

ACCEPT = "The image appears in a project's list"
MENDED = ("description", "min_disk", "os_distro", "os_version", "architecture", "vsc_multi_nic")
KEPT = "regain access. To remove them for good: openstack vsc image private --forget-members"


class TestCommunity(SharingTest):
    def test_an_image_is_refused_then_fixed_and_published(self) -> None:
        image = self.create_as_the_standard_client_does()
        flaws = [*UNDECLARED, "error D305", "--min-disk 2", "error V104", "--description", "5 errors"]

        self.openstack(
            f"vsc image community {image}",
            status=3,
            says=[*flaws, "Refused by D305, M404, M405, N201, V104; nothing was changed"],
        )
        self.openstack(
            f"vsc image community {image} --description 'reads RNA' --multi-nic --min-disk 2 "
            "--os-distro debian --os-version 12 --architecture x86_64",
            says=["Changed", "visibility: shared → community", *(f"{key}: " for key in MENDED)],
        )

        self.assertEqual("community", self.show(image, user="bob")["visibility"])

    def test_an_application_credential_publishes_and_withdraws_an_image(self) -> None:
        image = self.create(user="alice_appcred")

        self.openstack(f"vsc image community {image}", user="alice_appcred", says=["Changed", "visibility"])
        self.openstack(
            f"vsc image private --yes {image}",
            user="alice_appcred",
            says=["Everybody else loses access", "Changed", "visibility", KEPT],
        )
        self.openstack(f"vsc image delete {image}", user="alice_appcred", says=["Deleted"])

    def test_a_community_image_is_not_changed(self) -> None:
        image = self.create("--community")

        self.openstack(
            f"vsc image community {image}",
            says=[f"Nothing to change: {self.image} ({image}) already has these values."],
        )

    def test_the_name_of_a_public_image_is_refused(self) -> None:
        public = self.create("--public", user="admin")
        self.addCleanup(self.openstack, f"image delete {public}", user="admin")
        mine = self.openstack(
            f"vsc image create {self.image.upper()} --file {self.disk} --description d --single-nic -f value -c id"
        ).stdout.strip()

        self.openstack(
            f"vsc image community {mine}",
            status=3,
            says=["error V103", public, "--name", "1 error", "Refused by V103"],
        )
        self.openstack(
            f"vsc image community {mine} --name {self.name('other')}", says=["Changed", "visibility", "name"]
        )

    def test_a_waiver_is_stored_until_the_flaw_is_fixed(self) -> None:
        image = self.openstack(
            f"vsc image create {self.image} --file {self.disk} --single-nic -f value -c id"
        ).stdout.strip()

        self.openstack(
            f"vsc image community --waive V104 {image}",
            says=["warning V104 (waived)", "Changed", "visibility", "vsc_waived: (none) → V104", "1 warning"],
        )
        self.openstack(
            f"vsc image set --description d {image}", says=["Changed", "description", "vsc_waived: V104 → (none)"]
        )

    def test_a_cloud_without_community_images_is_reported(self) -> None:
        image = self.create()
        forbidden = Fault(method="PATCH", path=".*", status=403, message="You are not authorized to communitize.")

        with faulty_glance(self.cloud.image_url, forbidden) as address:
            self.openstack(
                f"vsc image community {image}",
                status=1,
                says=[
                    "The Image service does not allow this: You are not authorized to communitize. If you should",
                ],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )


class TestPrivate(SharingTest):
    def test_a_community_image_becomes_private(self) -> None:
        image = self.create("--community")

        self.openstack(f"vsc image private {image}", status=3, says=["Everybody else loses access", "--yes"])
        self.openstack(
            f"vsc image private --yes {image}",
            says=[
                "Everybody else loses access",
                "Changed",
                "community → private",
                "projects that were members before regain access",
            ],
        )

        self.assertEqual("private", self.show(image)["visibility"])

    def test_a_shared_image_becomes_private_and_its_members_are_named(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])

        self.openstack(
            f"vsc image private --yes {image}",
            says=[f"Project {self.id_of(FRIEND)} loses access", "Changed", "shared → private", f"these members {KEPT}"],
        )

    def test_members_are_removed_from_a_private_image(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])
        self.openstack(f"image set --community {image}")

        self.openstack(
            f"vsc image private --yes --forget-members {image}",
            says=["Everybody else", "Changed", "private", f"Removed members: {self.id_of(FRIEND)}."],
        )
        self.openstack(
            f"vsc image private {image} --forget-members", says=["Removed members: none.", "private already"]
        )
        self.openstack(f"image set --shared {image}")

        self.assertEqual({}, self.members(image))

    def test_a_private_image_stays_private_without_a_policy_check(self) -> None:
        image = self.create()
        policy = self.folder / "policy.yaml"
        policy.write_text("rules: {D999: {}}")

        with self.subTest("a broken policy file"):
            self.openstack(f"vsc image private {image} --policy {policy}", status=2, says=["policy.yaml, line 1"])
        with self.subTest("an impossible waiver"):
            self.openstack(f"vsc image private {image} --waive D302", status=2, says=["D302 cannot be waived"])
        with self.subTest("nothing to do"):
            self.openstack(f"vsc image private {image}", says=[f"{self.image} ({image}) is private already."])

    def test_an_image_without_members_has_no_hint_about_members(self) -> None:
        image = self.create("--shared")

        self.openstack(f"vsc image private {image}", says=["Changed", "visibility: shared → private"])

    def test_staff_make_a_community_image_of_others_private(self) -> None:
        image = self.create("--community")

        self.openstack(
            f"vsc image private --yes {image}", user="admin", says=["Everybody else", "Changed", "private", KEPT]
        )

        self.assertEqual("private", self.show(image)["visibility"])

    def test_other_users_cannot_make_an_image_private(self) -> None:
        image = self.create("--community")

        self.openstack(
            f"vsc image private --yes {image}",
            user="bob",
            status=3,
            says=["error V102", "ask", "1 error", "Refused by V102"],
        )

    def test_an_image_with_flaws_becomes_private(self) -> None:
        image = self.create_as_the_standard_client_does()
        self.openstack(f"image set --community {image}")

        self.openstack(
            f"vsc image private --yes {image}",
            says=["Everybody else", "Changed", "private", KEPT],
        )

    def test_a_declined_question_changes_nothing(self) -> None:
        image = self.create("--community")

        self.assertIn("Everybody else loses access", self._asked(f"vsc image private {image}", "n\n", status=3))
        self.assertEqual("community", self.show(image)["visibility"])

        self._asked(f"vsc image private {image}", "y\n", status=0)
        self.assertEqual("private", self.show(image)["visibility"])

    def _asked(self, command: str, answer: str, *, status: int) -> str:
        """Run a command on a terminal, and answer its question."""
        ours, theirs = pty.openpty()
        running = self.process(command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        said = b""
        while b"[y/N]" not in said and select.select([ours], [], [], 60)[0]:
            said += os.read(ours, 1000)
        os.write(ours, answer.encode())
        self.assertEqual(status, running.wait(60))
        os.close(ours)
        return said.decode()


class TestEarlierMembers(SharingTest):
    def test_earlier_members_do_not_get_an_image_with_errors(self) -> None:
        image = self.create_as_the_standard_client_does()
        self.openstack(f"image add project {image} {self.id_of(FRIEND)}")
        self.openstack(f"image set --private {image}")

        self.openstack(
            f"vsc image set --shared {image}",
            status=3,
            says=[
                "D305",
                "--min-disk 2",
                *UNDECLARED,
                "warning",
                "error",
                "Refused by D305",
                "would regain access, so the change was undone",
            ],
        )

        self.assertEqual("private", self.show(image)["visibility"])

    def test_earlier_members_that_regain_access_are_named(self) -> None:
        image = self.create(f"--share-with {self.id_of(ANOTHER)}", says=[ACCEPT])
        self.openstack(f"image set --private {image}")

        self.openstack(
            f"vsc image set --shared {image}",
            says=["Changed", "visibility", f"Project {self.id_of(ANOTHER)} was a member before, and regains access."],
        )
