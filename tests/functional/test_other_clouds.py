"""Clouds that refuse an operation, or whose Image service does not support it.

There is a message and an exit status; nothing is changed, or the changes are reported.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, SharingTest

ACCEPT = "The image appears in a project's list"
MEMBERS = "/v2/images/[^/]+/members"
ACTION = "/v2/images/[^/]+/actions/(de|re)activate"

SENTENCES = {
    403: "The Image service does not allow this: You are not authorized. If you should be able to do it, ask",
    404: "The Image service finds no such object: You are not authorized",
    405: "The Image service of this cloud does not support this: You are not authorized",
}
"""The message for each status."""


class OtherCloud(SharingTest):
    """Tests on a cloud that refuses some requests."""

    def assert_reported(
        self, method: str, path: str, command: str, *, user: str = "alice", says: Sequence[str] = (), but: int = 0
    ) -> None:
        """Run a command that fails, for each refusal but one."""
        for status, sentence in SENTENCES.items():
            if status == but:
                continue
            fault = Fault(method=method, path=path, status=status, message="You are not authorized")
            with faulty_glance(self.cloud.image_url, fault) as address:
                environment = environment_at(self.cloud, user, address, self.folder)
                self.openstack(command, status=1, says=[sentence, *says], environment=environment)


class TestPublication(OtherCloud):
    def test_an_image_that_cannot_be_published_is_not_changed(self) -> None:
        image = self.create()

        self.assert_reported("PATCH", "/v2/images/[^/]+", f"vsc image community {image} --name {self.image}x")
        self.assert_reported("PATCH", "/v2/images/[^/]+", f"vsc image set --community --tag x {image}")

        shown = self.show(image)
        self.assertEqual(("private", self.image, []), (shown["visibility"], shown["name"], shown["tags"]))


class TestMembers(OtherCloud):
    def setUp(self) -> None:
        super().setUp()
        self.friend = self.id_of(FRIEND)

    def test_a_failed_share_is_reported_for_each_project(self) -> None:
        image = self.create("--shared")

        self.assert_reported(
            "POST",
            MEMBERS,
            f"vsc image share {image} {self.friend}",
            says=["1 of 1 failed:", "the same command"],
        )

        self.assertEqual({}, self.members(image))

    def test_an_image_whose_members_cannot_be_listed_does_not_become_shared(self) -> None:
        """Those who had it before could have it again, and nobody would know."""
        image = self.create()
        unchanged = f"({image}) has not changed."

        self.assert_reported("GET", MEMBERS, f"vsc image share {image} {self.friend}", says=[unchanged])
        self.assert_reported("GET", MEMBERS, f"vsc image set --shared --tag x {image}", says=[unchanged])

        shown = self.show(image)
        self.assertEqual(("private", []), (shown["visibility"], shown["tags"]))

    def test_members_that_cannot_be_listed_are_reported(self) -> None:
        image = self.create(f"--share-with {self.friend}", says=[ACCEPT])

        self.assert_reported("GET", MEMBERS, f"vsc image member list {image}")

    def test_an_image_that_cannot_be_accepted_stays_pending(self) -> None:
        image = self.create(f"--share-with {self.friend}", says=[ACCEPT])

        # 404: the owner removed the member
        self.assert_reported("PUT", f"{MEMBERS}/.*", f"vsc image accept {image}", user="bob", but=404)

        self.assertEqual({self.friend: "pending"}, self.members(image))


class TestActions(OtherCloud):
    def test_an_image_that_cannot_be_deactivated_stays_active(self) -> None:
        image = self.create()

        self.assert_reported("POST", ACTION, f"vsc image set --deactivate {image}")

        self.assertEqual("active", self.show(image)["status"])

    def test_a_failed_deactivation_changes_nothing_else(self) -> None:
        image = self.create()
        lacking = Fault(method="POST", path=ACTION, status=405)

        with faulty_glance(self.cloud.image_url, lacking) as address:
            self.openstack(
                f"vsc image set --deactivate --tag x {image}",
                status=1,
                says=["does not support this"],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

        shown = self.show(image)
        self.assertEqual(("active", []), (shown["status"], shown["tags"]))

    def test_changes_before_a_failure_are_reported(self) -> None:
        image = self.create()
        forbidden = Fault(method="PATCH", path=".*", status=403)

        with faulty_glance(self.cloud.image_url, forbidden) as address:
            self.openstack(
                f"vsc image set --deactivate --tag x {image}",
                status=1,
                says=[f"Changed {self.image} ({image}):", "status: active → deactivated", "does not allow this"],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

        self.assertEqual("deactivated", self.show(image)["status"])


class TestDelete(OtherCloud):
    def test_an_image_that_cannot_be_deleted_stays_protected(self) -> None:
        image = self.create("--protected")

        self.assert_reported(
            "DELETE", "/v2/images/[^/]+", f"vsc image delete --unprotect {image}", says=["Not deleted: "]
        )

        self.assertTrue(self.show(image)["protected"])

    def test_a_cloud_without_stores_to_choose_from_keeps_the_image(self) -> None:
        image = self.create()

        self.assert_reported(
            "DELETE", "/v2/stores/.*", f"vsc image delete --store local {image}", says=["Not deleted: "]
        )

        self.assertEqual("active", self.show(image)["status"])
