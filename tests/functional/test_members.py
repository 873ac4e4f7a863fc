"""The members of an image."""

from __future__ import annotations

from tests.functional.standard_images import LAB, PARTNER, THIRD, StandardImageTest

ACCEPT = (
    "The image appears in a project's list after that project has accepted it. "
    "The project runs: openstack image set --accept "
)


class TestMembers(StandardImageTest):
    def test_members_are_listed_with_names_status_and_time(self) -> None:
        shared = self.shared(PARTNER, THIRD)
        self.openstack(f"image set --accept {shared}", user="bob")

        listed = self.openstack(
            f"vsc image member list {self.image} -f json", user="dave", says=[ACCEPT + shared]
        ).json()

        by_id = {member["ID"]: member for member in listed}
        self.assertEqual(["Project", "ID", "Status", "Since"], list(listed[0]))
        self.assertEqual(
            {self.project(PARTNER): (PARTNER, "accepted"), self.project(THIRD): ("", "pending")},
            {key: (member["Project"], member["Status"]) for key, member in by_id.items()},
        )
        self.assertRegex(listed[0]["Since"], r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

    def test_no_answer_is_asked_for_when_all_members_have_answered(self) -> None:
        shared = self.shared(PARTNER)
        self.openstack(f"image set --accept {shared}", user="bob")

        self.openstack(f"vsc image member list {shared}")

    def test_staff_see_the_name_of_each_project(self) -> None:
        shared = self.shared(PARTNER, THIRD)

        listed = self.openstack(f"vsc image member list {shared} -f value -c Project", user="admin", says=[ACCEPT])

        self.assertEqual({PARTNER, THIRD}, set(listed.stdout.split()))

    def test_a_name_that_is_stored_as_a_member_is_shown(self) -> None:
        shared = self.shared()
        self.openstack(f"image add project {shared} VSC_99999")

        listed = self.openstack(f"vsc image member list {shared} -f json", user="admin", says=[ACCEPT]).json()

        self.assertEqual([("", "VSC_99999")], [(member["Project"], member["ID"]) for member in listed])

    def test_a_member_sees_only_itself(self) -> None:
        shared = self.shared(PARTNER, THIRD)

        listed = self.openstack(
            f"vsc image member list {shared} -f value -c ID",
            user="bob",
            says=[f"You see only your own project; the owner, project {self.project(LAB)}, sees all members"],
        )

        self.assertEqual(self.project(PARTNER), listed.stdout.strip())

    def test_an_image_that_is_not_shared_has_no_members(self) -> None:
        """Glance answers 403: «Only shared images have members»."""
        for options, user, reason in (
            ("--private", "alice", "is private. Projects that were members before regain access"),
            ("--shared", "alice", "is not shared with any project yet"),
            ("--community", "alice", "is a community image: everybody can use it"),
            ("--public", "admin", "is public: everybody can use it"),
        ):
            with self.subTest(options=options, user=user, reason=reason):
                image = self.create(options, user=user)

                listed = self.openstack(
                    f"vsc image member list {image} -f json", user="alice", says=[f"({image}) {reason}"]
                )

                self.assertEqual([], listed.json())

    def test_earlier_members_are_listed_once_the_image_is_shared(self) -> None:
        shared = self.shared(PARTNER)
        self.openstack(f"image set --private {shared}")
        self.openstack(f"vsc image member list {shared}", says=["Projects that were members before"])
        self.openstack(f"image set --shared {shared}")

        listed = self.openstack(f"vsc image member list {shared} -f value -c ID", says=[ACCEPT])

        self.assertEqual(self.project(PARTNER), listed.stdout.strip())

    def test_the_option_of_the_standard_command_is_accepted(self) -> None:
        shared = self.shared(PARTNER)

        self.openstack(f"vsc image member list --project-domain Default {shared}", says=[ACCEPT])
