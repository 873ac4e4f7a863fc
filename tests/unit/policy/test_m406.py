from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Outcome
from vscclient.model.fix import Fix, GrantAccess, SetField, UnsetField
from vscclient.model.visibility import Recipients, Visibility
from vscclient.policy.example import MINE, THEIRS, project

COMMUNITY = {"visibility": Visibility.COMMUNITY}
SHARED = {"visibility": Visibility.SHARED}
KERNEL = {"properties": {"kernel_id": "k1"}}
MY_PRIVATE = Recipients(visibility=Visibility.PRIVATE, owner=MINE)


class TestM406(base.BaseTestCase):
    def test_a_missing_kernel_is_named(self) -> None:
        (found,) = findings("M406", image=KERNEL)

        self.assertEqual("the kernel k1 does not exist, or you cannot see it", found.message)
        self.assertEqual(Fix.by(SetField("kernel_id")) | Fix.by(UnsetField("kernel_id")), found.fix)
        self.assertTrue(found.stops)

    def test_a_ramdisk_is_checked_like_a_kernel(self) -> None:
        found = findings("M406", image={"properties": {"kernel_id": "k1", "ramdisk_id": "r1"}})

        self.assertEqual(2, len(found))
        self.assertIn("ramdisk r1", found[1].message)

    def test_a_private_kernel_is_enough_for_a_private_image(self) -> None:
        self.assertEqual([], findings("M406", image=KERNEL, reaches={"k1": MY_PRIVATE}))

    def test_a_private_kernel_is_enough_for_a_new_image_without_an_owner(self) -> None:
        self.assertEqual([], findings("M406", image=KERNEL | {"owner": None}, reaches={"k1": MY_PRIVATE}))

    def test_a_private_kernel_of_another_project_is_not_enough(self) -> None:
        theirs = Recipients(visibility=Visibility.PRIVATE, owner=THEIRS)

        self.assertEqual(1, len(findings("M406", image=KERNEL | {"owner": None}, reaches={"k1": theirs})))

    def test_a_private_kernel_is_not_enough_for_an_image_of_another_project(self) -> None:
        (found,) = findings("M406", image=KERNEL | {"owner": THEIRS}, reaches={"k1": MY_PRIVATE})

        self.assertEqual(Fix.by(GrantAccess("k1", (THEIRS,))), found.fix)

    def test_a_private_kernel_is_not_enough_for_a_community_image(self) -> None:
        (found,) = findings("M406", image=COMMUNITY | KERNEL, reaches={"k1": MY_PRIVATE})

        self.assertIn("the kernel k1 is private", found.message)
        self.assertEqual(Fix.by(GrantAccess("k1")), found.fix)

    def test_the_fix_shares_the_kernel_with_the_projects_that_lack_it(self) -> None:
        shared = Recipients(visibility=Visibility.SHARED, owner=MINE, members=frozenset({"e" * 32}))
        members = (project("e" * 32), project(THEIRS))

        (found,) = findings("M406", image=SHARED | KERNEL, plan={"members": members}, reaches={"k1": shared})

        self.assertEqual(Fix.by(GrantAccess("k1", (THEIRS,))), found.fix)

    def test_the_members_of_another_projects_kernel_are_unknown(self) -> None:
        theirs = Recipients(visibility=Visibility.SHARED, owner=THEIRS, members=frozenset({MINE}))
        image, members = SHARED | KERNEL, {"members": (project("e" * 32),)}

        (found,) = findings("M406", image=image, plan=members, reaches={"k1": theirs})
        (of_staff,) = findings("M406", image=image, plan=members, reaches={"k1": theirs}, is_staff=True)

        self.assertEqual(Outcome.UNKNOWN, found.outcome)
        self.assertIn(THEIRS, found.message)
        self.assertEqual(Outcome.BROKEN, of_staff.outcome)
        self.assertEqual([], findings("M406", image=KERNEL, reaches={"k1": theirs}))

    def test_a_missing_ramdisk_is_reported_beside_an_unknown_kernel(self) -> None:
        theirs = Recipients(visibility=Visibility.SHARED, owner=THEIRS, members=frozenset({MINE}))
        both = {"properties": {"kernel_id": "k1", "ramdisk_id": "r1"}}

        found = findings("M406", image=COMMUNITY | both, reaches={"k1": theirs})

        self.assertEqual({Outcome.BROKEN, Outcome.UNKNOWN}, {one.outcome for one in found})

    def test_a_kernel_that_nobody_can_use_is_named(self) -> None:
        for status in ("deactivated", "queued"):
            with self.subTest(status=status):
                kernel = Recipients(visibility=Visibility.COMMUNITY, owner=MINE, status=status)

                (found,) = findings("M406", image=COMMUNITY | KERNEL, reaches={"k1": kernel})

                self.assertEqual(f"the kernel k1 is {status}: nobody can use it", found.message)

    def test_an_image_is_not_its_own_kernel(self) -> None:
        itself = {"k1": Recipients(visibility=Visibility.COMMUNITY, owner=MINE)}

        (found,) = findings("M406", image=COMMUNITY | KERNEL | {"id": "k1"}, reaches=itself)

        self.assertEqual("the image is named as its own kernel", found.message)

    def test_an_image_that_names_neither_has_no_flaw(self) -> None:
        self.assertEqual([], findings("M406", image={"properties": {"kernel_id": ""}}))
