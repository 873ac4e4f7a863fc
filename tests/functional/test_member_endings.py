"""The end of a command that adds or removes members, and whose requests fail: what it says is there is there."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from tests.functional.faults import Fault, When, faulty_glance, once
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, SharingTest

ACCEPT = "The image appears in a project's list"
RECORD = r"/v2/images/[^/]+"
MEMBERS = r"/v2/images/[^/]+/members"
MEMBER = r"/v2/images/[^/]+/members/[^/]+"
FORGET = "vsc image private --yes --forget-members"
NEXT = "When the cause is fixed"


class MemberTest(SharingTest):
    """Tests with a faulty line to Glance."""

    def setUp(self) -> None:
        super().setUp()
        self.friend = self.id_of(FRIEND)

    def run_with(self, command: str, *faults: Fault, status: int = 0, says: Sequence[str] = ()) -> list[str]:
        """Run a command by a Glance with these faults; return the results of its rows."""
        with faulty_glance(self.cloud.image_url, *faults) as url:
            environment = environment_at(self.cloud, "alice", url, self.folder)
            as_json = "" if " private " in command else " -f json"
            ended = self.openstack(f"{command}{as_json}", environment=environment, status=status, says=says)
        found: Any = json.loads(ended.stdout or "[]")
        return [row["Result"] for row in found] if isinstance(found, list) else []

    def interrupted(self, command: str, *faults: Fault) -> tuple[str, float]:
        """Press Ctrl-C when the last of the faults happens; return standard error, and how long it took then."""
        processes: list[subprocess.Popen[bytes]] = []
        pressed: list[float] = []

        def press() -> None:
            pressed.append(time.monotonic())
            processes[0].send_signal(signal.SIGINT)

        object.__setattr__(faults[-1], "call", press)
        with faulty_glance(self.cloud.image_url, *faults) as url:
            environment = environment_at(self.cloud, "alice", url, self.folder)
            processes.append(self.process(command, environment=environment, stdout=-3, stderr=-1))
            _, stderr = processes[0].communicate(timeout=90)
            seconds = time.monotonic() - pressed[0]
        self.assertEqual(130, processes[0].returncode, stderr.decode())
        return stderr.decode(), seconds


class TestAdding(MemberTest):
    def test_a_conflict_is_not_a_membership(self) -> None:
        image = self.create("--shared")
        for command in (f"share {image} {self.friend}", f"add project {image} {self.friend}"):
            with self.subTest(command=command):
                self.run_with(
                    f"vsc image {command}",
                    Fault(method="POST", path=MEMBERS, status=409, message="try later"),
                    status=1,
                    says=["1 of 1 failed:", f"{self.friend}: The Image service reports a conflict: try later", NEXT],
                )

                self.assertEqual({}, self.members(image))

    def test_a_conflict_of_a_member_is_one(self) -> None:
        image = self.create(f"--share-with {self.friend}", says=[ACCEPT])

        results = self.run_with(f"vsc image share {image} {self.friend}", says=[ACCEPT])

        self.assertEqual(["is a member already"], results)

    def test_a_refusal_that_was_done_is_done(self) -> None:
        for status in (400, 403, 404, 413):
            with self.subTest(status=status):
                image = self.create("--shared")
                fault = Fault(method="POST", path=MEMBERS, when=When.DONE, status=status)

                results = self.run_with(f"vsc image share {image} {self.friend}", fault, says=[ACCEPT])

                self.assertEqual(["added"], results)
                self.openstack(f"image delete {image}")

    def test_members_are_listed_once_for_all_failures(self) -> None:
        image = self.create("--shared")
        listed = Fault(method="GET", path=MEMBERS, delay_s=0.0)
        projects = " ".join(f"{number:032x}" for number in range(6))

        self.run_with(
            f"vsc image share {image} {projects}",
            Fault(method="POST", path=MEMBERS, status=400, message="no"),
            listed,
            status=1,
            says=["6 of 6 failed:", "rejects the request: no", NEXT],
        )

        self.assertEqual(2, listed.count, "the members before, and the members after")

    def test_a_membership_that_cannot_be_checked_has_not_failed(self) -> None:
        image = self.create("--shared")
        lost = Fault(method="POST", path=MEMBERS, when=When.DONE, reset=True, left=once())
        gone = Fault(method=".*", path=".*", reset=True, follows=lost)

        results = self.run_with(
            f"vsc image share {image} {self.friend}",
            lost,
            gone,
            status=1,
            says=[
                "1 of 1 could not be checked:",
                f"{self.friend}: The Image service does not answer",
                f"; it may be a member. Check with: openstack vsc image member list {image}",
                NEXT,
            ],
        )

        self.assertEqual(["could not be checked"], results)
        self.assertEqual({self.friend: "pending"}, self.members(image))

    def test_an_unanswered_addition_may_still_take_effect(self) -> None:
        image = self.create("--shared")

        self.run_with(
            f"vsc image share {image} {self.friend}",
            Fault(method="POST", path=MEMBERS, reset=True),
            status=1,
            says=["1 of 1 failed:", "does not answer", "; the request may still take effect", NEXT],
        )

    def test_ctrl_c_does_not_wait_for_an_answer(self) -> None:
        image = self.create("--shared")
        silent = Fault(method="POST", path=MEMBERS, when=When.DONE, hang=True)

        stderr, seconds = self.interrupted(f"vsc image share {image} {self.friend}", silent)

        self.assertLess(seconds, 3)
        self.assertIn(
            f"Stopped. Done: none; may still be done: {self.friend}. Run the same command again to do the rest\n",
            stderr,
        )
        self.assertEqual({self.friend: "pending"}, self.members(image))


class TestRemoving(MemberTest):
    def setUp(self) -> None:
        super().setUp()
        self.shared = self.create(f"--share-with {self.friend}", says=[ACCEPT])

    def test_a_removal_whose_answer_is_lost_is_done(self) -> None:
        for fault in (
            Fault(method="DELETE", path=MEMBER, when=When.DONE, status=403, left=once()),
            Fault(method="DELETE", path=MEMBER, when=When.DONE, status=400, left=once()),
            Fault(method="DELETE", path=MEMBER, when=When.DONE, reset=True, left=once()),
        ):
            with self.subTest(fault=fault):
                self.run_with(
                    f"{FORGET} {self.shared}",
                    fault,
                    says=["loses access", f"Removed members: {self.friend}.", "Changed", "shared → private"],
                )

                self.openstack(f"image set --shared {self.shared}")
                self.assertEqual({}, self.members(self.shared))
                self.openstack(f"image add project {self.shared} {self.friend}")

    def test_an_answer_no_such_member_is_not_believed(self) -> None:
        results = self.run_with(
            f"vsc image unshare --yes {self.shared} {self.friend}",
            Fault(method="DELETE", path=MEMBER, status=404, message="no"),
            status=1,
            says=["loses access", "1 of 1 failed:", "finds no such object: no", NEXT],
        )

        self.assertEqual(["failed"], results)

    def test_ctrl_c_does_not_wait_for_an_answer(self) -> None:
        silent = Fault(method="DELETE", path=MEMBER, when=When.DONE, hang=True)

        stderr, seconds = self.interrupted(f"vsc image unshare --yes {self.shared} {self.friend}", silent)

        self.assertLess(seconds, 3)
        self.assertIn(f"Stopped. Done: none; may still be done: {self.friend}. Run", stderr)

    def test_ctrl_c_makes_an_image_private_without_waiting(self) -> None:
        silent = Fault(method="DELETE", path=MEMBER, when=When.AFTER, hang=True)

        stderr, seconds = self.interrupted(f"{FORGET} {self.shared}", silent)

        self.assertLess(seconds, 3)
        self.assertIn(f"may still be done: {self.friend}. Run", stderr)
        self.assertIn(f"{self.image} ({self.shared}) is private. Members that were not removed regain", stderr)
        self.assertEqual("private", self.show(self.shared)["visibility"])


class TestForgetting(MemberTest):
    def test_an_image_that_is_private_in_the_end_is_not_called_shared(self) -> None:
        for fault in (
            Fault(method="PATCH", path=RECORD, status=403, left=once()),
            Fault(method="PATCH", path=RECORD, status=429, left=once()),
        ):
            with self.subTest(fault=fault):
                image = self.create(f"--share-with {self.friend}", says=[ACCEPT])

                self.run_with(
                    f"{FORGET} {image}",
                    fault,
                    says=["loses access", f"Removed members: {self.friend}.", "Changed", "shared → private"],
                )

                self.assertEqual("private", self.show(image)["visibility"])
                self.openstack(f"image delete {image}")

    def test_an_image_that_stays_shared_is_an_error(self) -> None:
        image = self.create("--private")
        to_private = Fault(method="PATCH", path=RECORD, body_has='"private"', status=403, message="no")

        self.run_with(
            f"{FORGET} {image}",
            to_private,
            status=1,
            says=[
                "Removed members: none.",
                f"The image is still shared. Make it private with: openstack vsc image private {image}",
                NEXT,
            ],
        )

    def test_a_member_that_cannot_be_removed_from_a_shared_image_is_named(self) -> None:
        image = self.create(f"--share-with {self.friend}", says=[ACCEPT])
        to_private = Fault(method="PATCH", path=RECORD, body_has='"private"', status=403, message="no")

        self.run_with(
            f"{FORGET} {image}",
            Fault(method="DELETE", path=MEMBER, status=403, message="no"),
            to_private,
            status=1,
            says=[
                "loses access",
                "Removed members: none.",
                "1 of 1 failed:",
                f"{self.friend}: The Image service does not allow this: no",
                f"The image is still shared. Make it private with: openstack vsc image private {image}",
                "does not allow this: no",
            ],
        )
