"""Sharing an image with projects, and removing them."""

from __future__ import annotations

import time

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import ANOTHER, FRIEND, MINE, UNDECLARED, SharingTest

ACCEPT = (
    "The image appears in a project's list after that project has accepted it. "
    "The project runs: openstack image set --accept "
)


class TestShare(SharingTest):
    def test_a_private_image_is_shared_with_projects_and_used(self) -> None:
        image = self.create()
        friend, another = self.id_of(FRIEND), self.id_of(ANOTHER)

        rows = self.rows(
            f"vsc image share {self.image} {friend} {another}",
            says=["Changed ", "visibility: private → shared", ACCEPT + image],
        )

        self.assertEqual([["", friend, "pending", "added"], ["", another, "pending", "added"]], rows)
        self.openstack(f"image set --accept {image}", user="bob")
        self.assertEqual(
            "shared", self.openstack(f"vsc image show {self.image} -f json", user="bob").json()["visibility"]
        )

    def test_sharing_twice_shows_the_statuses_of_the_members(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])
        self.openstack(f"image set --accept {image}", user="bob")

        rows = self.rows(f"vsc image share {image} {self.id_of(FRIEND)}")

        self.assertEqual([["", self.id_of(FRIEND), "accepted", "is a member already"]], rows)

    def test_sharing_twice_shows_how_a_pending_project_accepts(self) -> None:
        friend, another = self.id_of(FRIEND), self.id_of(ANOTHER)
        image = self.create(f"--share-with {friend} --share-with {another}", says=[ACCEPT])
        self.openstack(f"image set --accept {image}", user="bob")

        both = self.rows(f"vsc image share {image} {friend} {another}", says=[ACCEPT + image])
        self.rows(f"vsc image share {image} {friend}")

        self.assertEqual(["accepted", "pending"], [row[2] for row in both])

    def test_sharing_with_a_project_that_rejected_shows_how_it_accepts(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])
        self.openstack(f"vsc image reject {image}", user="bob", says=["Rejected"])

        rows = self.rows(f"vsc image share {image} {self.id_of(FRIEND)}", says=[ACCEPT + image])

        self.assertEqual(["rejected"], [row[2] for row in rows])

    def test_an_own_project_is_found_by_its_name(self) -> None:
        image = self.openstack(
            f"vsc image create {self.image} --file {self.disk} -f value -c id", user="dave"
        ).stdout.strip()

        own = "Members that are your own projects do not count as other people"
        rows = self.rows(f"vsc image share {image} {FRIEND}", user="dave", says=["Changed", "visibility", ACCEPT, own])

        self.assertEqual([[FRIEND, self.id_of(FRIEND), "pending", "added"]], rows)

    def test_staff_share_with_a_project_by_its_name(self) -> None:
        image = self.create()

        rows = self.rows(f"vsc image share {image} {FRIEND}", user="admin", says=["Changed", "visibility", ACCEPT])

        self.assertEqual([[FRIEND, self.id_of(FRIEND), "pending", "added"]], rows)

    def test_an_id_of_no_project_is_reported_to_staff(self) -> None:
        image = self.create()

        self.openstack(
            f"vsc image share {image} {'f' * 32}",
            user="admin",
            status=3,
            says=["error V106: no project has the ID", "openstack project list", "1 error", "Refused by V106"],
        )

    def test_a_project_name_is_never_stored_as_a_member(self) -> None:
        image = self.create("--shared")

        self.openstack(
            f"vsc image share {image} {FRIEND}",
            status=3,
            says=[
                f"error V106: '{FRIEND}' is not one of your projects",
                "openstack token issue -c project_id",
                "1 error",
                "Refused by V106; nothing was changed.",
            ],
        )

        self.assertEqual({}, self.members(image))

    def test_one_wrong_name_stops_the_command_before_a_change(self) -> None:
        image = self.create()

        self.openstack(
            f"vsc image share {image} {self.id_of(ANOTHER)} nosuch",
            status=3,
            says=["error V106: 'nosuch'", "a user of the project", "1 error", "Refused by V106"],
        )

        self.assertEqual("private", self.show(image)["visibility"])

    def test_an_image_is_not_shared_with_its_owner(self) -> None:
        image = self.create()

        self.openstack(
            f"vsc image share {image} {MINE}",
            status=3,
            says=["error V106", "has access already", f"omit project {MINE}", "1 error", "Refused by V106"],
        )

    def test_a_community_image_is_not_shared_with_projects(self) -> None:
        image = self.create("--community")

        self.openstack(
            f"vsc image share {image} {self.id_of(FRIEND)}",
            status=3,
            says=["is a community image: everybody can already use it", "openstack vsc image private"],
        )

    def test_an_image_with_errors_is_not_shared(self) -> None:
        image = self.create_as_the_standard_client_does()

        self.openstack(
            f"vsc image share {image} {self.id_of(FRIEND)}",
            status=3,
            says=[
                "error D305",
                "--min-disk 2",
                *UNDECLARED,
                "1 error",
                "Refused by D305",
            ],
        )

        self.assertEqual({}, self.members(image))

    def test_a_waiver_is_stored_on_the_image(self) -> None:
        image = self.create_as_the_standard_client_does()

        self.openstack(
            f"vsc image share --waive d305 {image} {self.id_of(FRIEND)}",
            says=[
                "D305 (waived)",
                *UNDECLARED,
                "4 warnings",
                "Changed",
                "vsc_waived: (none) → D305",
                ACCEPT,
            ],
        )

        self.assertEqual("D305", self.show(image)["properties"]["vsc_waived"])

    def test_other_users_cannot_share_an_image(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])

        self.openstack(
            f"vsc image share {image} {self.id_of(ANOTHER)}",
            user="bob",
            status=3,
            says=["error V102", "ask", "1 error", "Refused by V102"],
        )

    def test_an_application_credential_shares_an_image(self) -> None:
        image = self.create(user="alice_appcred")

        rows = self.rows(
            f"vsc image share {image} {self.id_of(FRIEND)}",
            user="alice_appcred",
            says=["Changed", "visibility", ACCEPT],
        )

        self.assertEqual("added", rows[0][3])

    def test_a_dry_run_changes_nothing(self) -> None:
        image = self.create()

        rows = self.rows(
            f"vsc image share --dry-run {image} {self.id_of(FRIEND)}",
            says=[
                "Would change",
                "visibility",
                "Projects that were members before regain access",
            ],
        )

        self.assertEqual("would be changed", rows[0][3])
        self.assertEqual("private", self.show(image)["visibility"])

    def test_a_dry_run_shows_existing_members(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])

        rows = self.rows(f"vsc image share --dry-run {image} {self.id_of(FRIEND)} {self.id_of(ANOTHER)}")

        self.assertEqual(["is a member already", "would be changed"], [row[3] for row in rows])
        self.assertEqual("pending", rows[0][2])

    def test_earlier_members_that_regain_access_are_named(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])
        self.openstack(f"image set --private {image}")

        self.rows(
            f"vsc image share {image} {self.id_of(ANOTHER)}",
            says=[
                "Changed",
                "visibility",
                ACCEPT,
                f"Project {self.id_of(FRIEND)} was a member before, and regains access.",
            ],
        )

    def test_the_same_command_finishes_after_a_failure(self) -> None:
        image = self.create()
        wanted = [f"{number:032x}" for number in range(5)]
        command = f"vsc image share {image} {' '.join(wanted)}"
        broken = Fault(method="POST", path=".*/members", body_has=wanted[2], status=503)

        with faulty_glance(self.cloud.image_url, broken) as address:
            failed = self.openstack(
                f"{command} -f json",
                status=1,
                says=["Changed", "visibility", ACCEPT, "1 of 5 failed:", wanted[2], "the same command again"],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            ).json()

        self.assertEqual(["added", "added", "failed", "added", "added"], [row["Result"] for row in failed])
        again = [row[3] for row in self.rows(command, says=[ACCEPT])]
        self.assertEqual(["is a member already"] * 2 + ["added"] + ["is a member already"] * 2, again)

    def test_two_users_can_share_at_once(self) -> None:
        image = self.create("--shared")
        wanted = [f"{number:032x}" for number in range(20)]
        running = [self.process(f"vsc image share {image} {' '.join(wanted)}", stderr=-3, stdout=-3) for _ in range(2)]

        self.assertEqual([0, 0], [one.wait() for one in running])

        self.assertEqual(set(wanted), set(self.members(image)))


class TestUnshare(SharingTest):
    def setUp(self) -> None:
        super().setUp()
        self.friend, self.another = self.id_of(FRIEND), self.id_of(ANOTHER)
        self.shared = self.create(f"--share-with {self.friend} --share-with {self.another}", says=[ACCEPT])

    def test_unsharing_names_the_project_that_loses_access(self) -> None:
        rows = self.rows(
            f"vsc image unshare --yes {self.image} {self.friend}",
            says=[f"Project {self.friend} loses access to {self.image}"],
        )

        self.assertEqual([["", self.friend, None, "removed"]], rows)
        self.assertEqual([self.another], list(self.members(self.shared)))

    def test_unsharing_without_a_terminal_needs_a_confirmation(self) -> None:
        self.openstack(
            f"vsc image unshare {self.image} {self.friend}",
            status=3,
            says=["loses access", "nothing was changed", "--yes"],
        )

        self.assertEqual(2, len(self.members(self.shared)))

    def test_all_members_are_removed(self) -> None:
        self.rows(f"vsc image unshare --yes --all {self.image}", says=["Projects", "lose access"])

        self.assertEqual({}, self.members(self.shared))

    def test_a_project_that_is_not_a_member_is_reported(self) -> None:
        self.rows(f"vsc image unshare --yes {self.image} {self.friend}", says=["loses access"])

        rows = self.rows(f"vsc image unshare --yes {self.image} {self.friend}", says=["nothing to remove"])

        self.assertEqual("is not a member", rows[0][3])

    def test_unsharing_reports_no_flaws(self) -> None:
        image = self.create_as_the_standard_client_does()
        self.openstack(f"image add project {image} {self.friend}")

        self.rows(f"vsc image unshare --yes {image} {self.friend}", says=["loses access"])

    def test_an_unknown_project_is_reported(self) -> None:
        self.openstack(
            f"vsc image unshare --yes {self.image} nosuch", status=1, says=["'nosuch' is neither one of your projects"]
        )

    def test_a_name_that_the_standard_client_stored_is_removed(self) -> None:
        self.openstack(f"image add project {self.shared} VSC_99999")

        self.rows(f"vsc image unshare --yes {self.image} VSC_99999", says=["Project VSC_99999 loses access"])

        self.assertNotIn("VSC_99999", self.members(self.shared))

    def test_projects_together_with_all_are_refused(self) -> None:
        self.openstack(f"vsc image unshare {self.image}", status=2, says=["Name the projects", "--all"])


class TestStandardNames(SharingTest):
    def test_add_project_prints_what_the_standard_command_prints(self) -> None:
        image = self.create("--shared")
        other = self.create_as_the_standard_client_does()
        friend = self.id_of(FRIEND)

        ours = self.openstack(f"vsc image add project {image} {friend} -f json", says=[ACCEPT]).json()

        theirs = self.openstack(f"image add project {other} {friend} -f json").json()
        self.assertEqual(list(theirs), list(ours))
        self.assertEqual(friend, ours["member_id"])
        again = self.openstack(f"vsc image add project {image} {friend} -f json", says=[ACCEPT + image]).json()
        self.assertEqual(ours, again)

    def test_remove_project_prints_nothing(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])

        removed = self.openstack(f"vsc image remove project --yes {image} {self.id_of(FRIEND)}", says=["loses access"])

        self.assertEqual("", removed.stdout)
        self.assertEqual({}, self.members(image))


class TestCreateAndShare(SharingTest):
    def test_a_new_image_is_shared(self) -> None:
        image = self.create(f"--shared --share-with {self.id_of(FRIEND)}", says=[ACCEPT])

        self.assertEqual({self.id_of(FRIEND): "pending"}, self.members(image))

    def test_a_wrong_name_stops_the_command_before_the_upload(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk} --share-with {FRIEND}",
            status=3,
            says=["error V106", "openstack token issue", "1 error", "Refused by V106"],
        )

        self.assert_nothing_left(self.image)

    def test_a_new_community_image_cannot_have_members(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk} --community --share-with {FRIEND}",
            status=2,
            says=["--share-with and --community contradict each other"],
        )

    def test_a_failed_share_of_a_new_image_is_reported_after_the_result(self) -> None:
        broken = Fault(method="POST", path=".*/members", status=413, headers={"X-Openstack-Request-Id": "req-1"})

        with faulty_glance(self.cloud.image_url, broken) as address:
            made = self.openstack(
                f"vsc image create {self.image} --file {self.disk} --share-with {'f' * 32} --single-nic -f json",
                status=1,
                says=[
                    "is complete, but could not be shared with all projects:",
                    "quota",
                    "Finish with: openstack vsc image share",
                ],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            ).json()

        self.assertEqual("shared", made["visibility"])


class TestInterruption(SharingTest):
    def test_ctrl_c_reports_the_projects_that_are_done(self) -> None:
        image = self.create("--shared")
        wanted = [f"{number:032x}" for number in range(120)]
        slow = Fault(method="POST", path=".*/members", delay_s=0.3)

        with faulty_glance(self.cloud.image_url, slow) as address:
            running = self.process(
                f"vsc image share {image} {' '.join(wanted)}",
                environment=environment_at(self.cloud, "alice", address, self.folder),
                stderr=-1,
                stdout=-1,
            )
            while len(self.members(image)) < 4 and running.poll() is None:
                time.sleep(0.2)
            running.terminate()
            _, stderr = running.communicate(timeout=60)

        self.assertEqual(143, running.returncode)
        self.assertIn(b"Stopped. Done: 0000", stderr)
        self.assertIn(b"Run the same command again to do the rest", stderr)
