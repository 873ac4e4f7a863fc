"""A signal while a request of ``create`` is on its way: nothing is certain that the service has not answered."""

from __future__ import annotations

import signal
import time

from tests.functional.faults import Fault, When, once
from tests.functional.test_endings import COMMUNITY, DATA, MEMBERS, RECORD, RECORDS, EndingTest, lost

CHECK = "The request may still take effect; check with: openstack vsc image show "


class TestRequestsOnTheirWay(EndingTest):
    """The service gets the request only after the client has ended."""

    def setUp(self) -> None:
        super().setUp()
        self.command = f"vsc image create {self.image} --file {self.disk}"

    def assert_becomes(self, *state: tuple[str, str, bool]) -> None:
        """Assert that the images of this test become so, within some seconds."""
        end = time.monotonic() + 10
        while (now := self.state()) != list(state) and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(list(state), now)

    def test_an_image_that_becomes_visible_a_moment_later_is_not_called_private(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number=number):
                late = Fault(method="PATCH", path=RECORD, when=When.AFTER)

                stderr = self.interrupted(f"{self.command} {COMMUNITY} --protected", late, number=number)

                self.assertIn(f"Stopped. The image is complete, and was still private a moment ago. {CHECK}", stderr)
                self.assertIn("\nFinish with: openstack image set --community --protected ", stderr)
                self.assertNotIn("complete and private", stderr)
                self.assert_becomes(("active", "community", True))
                self.openstack(f"vsc image delete --unprotect --yes {self.image}", says=None)

    def test_a_step_without_an_answer_may_still_be_done(self) -> None:
        for fault in (
            Fault(method="PATCH", path=RECORD, status=504, left=once()),
            Fault(method="PATCH", path=RECORD, reset=True, left=once()),
        ):
            with self.subTest(fault=fault):
                self.create(
                    fault,
                    options=COMMUNITY,
                    status=1,
                    says=["the last step failed", CHECK, "Finish with: openstack image set --community "],
                )

                self.openstack(f"image delete {self.image}")

    def test_a_step_that_was_refused_will_not_be_done(self) -> None:
        self.create(
            Fault(method="PATCH", path=RECORD, status=403, message="no"),
            options=COMMUNITY,
            status=1,
            says=["the last step failed", "The image is complete and private. Finish with: openstack image set"],
        )

    def test_a_step_that_could_not_be_checked_has_a_command_on_a_line_of_its_own(self) -> None:
        stderr = self.create(
            Fault(method="PATCH", path=RECORD, status=503),
            Fault(method="GET", path=RECORD, reset=True, nth=2),
            options=COMMUNITY,
            status=1,
            says=None,
        ).stderr

        self.assertRegex(
            stderr, r"could not be checked: openstack vsc image show \S+\nTo be sure, repeat it: openstack"
        )

    def test_a_record_that_is_made_a_moment_later_is_deleted_or_named(self) -> None:
        for options in ("", "--id 9f1c2b4e-0000-4000-8000-000000000021"):
            with self.subTest(options=options):
                late = Fault(method="POST", path=RECORDS, when=When.AFTER)

                stderr = self.interrupted(f"{self.command} {options}", late)

                self.assertRegex(
                    stderr, r"Stopped\. (The unfinished image was deleted|(A|No) record .* with: openstack)"
                )
                if "was deleted" in stderr:
                    self.assert_becomes()

    def test_a_deletion_that_is_done_a_moment_later_is_not_denied(self) -> None:
        late = Fault(method="DELETE", path=RECORD, delay_s=2)

        stderr = self.interrupted(self.command, Fault(method="PUT", path=DATA, when=When.BEFORE), late)

        self.assertIn("Stopped. ", stderr)
        self.assertNotIn("could not be deleted", stderr)
        self.assert_becomes()


class TestSharing(EndingTest):
    """``create --share-with``: the image is complete before it is shared."""

    def setUp(self) -> None:
        super().setUp()
        self.friend = self.cloud.projects["VSC_00002"]
        self.options = f"--share-with {self.friend} --description d --single-nic"

    def test_a_member_that_could_not_be_checked_is_not_denied(self) -> None:
        stderr = self.create(
            lost("POST", MEMBERS),
            Fault(method="GET", path=MEMBERS, status=503),
            options=self.options,
            status=1,
            says=None,
        ).stderr

        self.assertIn(f"{self.image} is complete, but may not be shared with all projects:", stderr)
        self.assertIn("it may be a member. Check with: openstack vsc image member list", stderr)
        self.assertNotIn("could not be shared", stderr)
        members = self.openstack(f"vsc image member list {self.image} -f value", says=["image set --accept"]).stdout
        self.assertIn(self.friend, members)

    def test_an_interrupted_creation_names_the_command_that_shares_the_image(self) -> None:
        """The same command would make another image."""
        command = f"vsc image create {self.image} --file {self.disk} {self.options}"

        stderr = self.interrupted(command, Fault(method="POST", path=MEMBERS, when=When.AFTER, reset=True))

        self.assertRegex(stderr, rf"The image is complete\. Finish with: openstack vsc image share \S+ {self.friend}")
        self.assertNotIn("same command", stderr)
