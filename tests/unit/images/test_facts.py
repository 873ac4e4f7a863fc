"""What the rules may ask of the cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, Unknown
from tests import base
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.inspection.image_data import unknown_data
from vscclient.images.policy_check.approval import make_facts
from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import ProjectId
from vscclient.model.settings import Settings
from vscclient.model.visibility import Recipients, Visibility

MINE = ProjectId("1" * 32)
KERNEL, RAMDISK = "c0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"


class SmallCloud:
    """A cloud of a few images, that counts what it is asked; it stands for its ``images`` and its ``members``, too."""

    def __init__(
        self, *images: Image, project_id: ProjectId | None = MINE, failure: errors.Error | None = None
    ) -> None:
        self.images = self.members = self
        self.asked: list[str] = []
        self.project_id = project_id
        self._images = {image.id: image for image in images}
        self._failure = failure

    def has_role(self, role: str) -> Fact[bool]:
        self._note(f"role {role}")
        return Fact(role == "publisher", "the token")

    def find(self, visibility: str, os_hidden: bool) -> list[Image]:
        self._note(f"list {visibility}{' hidden' if os_hidden else ''}")
        images = [image for image in self._images.values() if image.visibility == visibility]
        return [image for image in images if image.hidden is os_hidden]

    def get(self, image_id: str) -> Image:
        self._note(f"show {image_id}")
        if image_id not in self._images:
            raise errors.NotFound("Image service")
        return self._images[image_id]

    def of(self, image_id: str) -> list[Member]:
        self._note(f"members {image_id}")
        return [Member(id="e" * 32, status=MemberStatus.PENDING)]

    def _note(self, asked: str) -> None:
        self.asked.append(asked)
        if self._failure:
            raise self._failure


def facts(cloud: SmallCloud, role: str = "publisher") -> Facts:
    return make_facts(cast(Cloud, cloud), unknown_data(Disk(), Unknown("")), Settings(publishing_role=role))


def public(name: str | None) -> Image:
    return Image(name=name, id=f"id of {name}", visibility=Visibility.PUBLIC)


class TestWhoTheUserIs(base.BaseTestCase):
    def test_staff_have_the_role_that_the_site_names(self) -> None:
        self.assertTrue(facts(SmallCloud()).is_staff().value)
        self.assertFalse(facts(SmallCloud(), role="admin").is_staff().value)

    def test_is_asked_once(self) -> None:
        cloud = SmallCloud()
        about = facts(cloud)

        about.is_staff()
        about.is_staff()

        self.assertEqual(["role publisher"], cloud.asked)

    def test_the_project_is_that_of_the_token(self) -> None:
        self.assertEqual(MINE, facts(SmallCloud()).project_id().value)

    def test_the_project_is_unknown_if_the_token_has_none(self) -> None:
        self.assertRaises(Unknown, facts(SmallCloud(project_id=None)).project_id)

    def test_a_failed_login_is_reported(self) -> None:
        cloud = SmallCloud(failure=errors.NotSignedIn("Identity service"))

        self.assertRaises(errors.NotSignedIn, facts(cloud).is_staff)


class TestPublicNamesakes(base.BaseTestCase):
    def test_are_those_that_the_name_can_be_taken_for(self) -> None:
        about = facts(SmallCloud(public("Debian-12"), public("Rocky-9"), public(None), Image(name="debian 12", id="x")))

        found = about.public_namesakes("DEBIAN_12")

        self.assertEqual(["Debian-12"], [image.name for image in found.value])

    def test_are_listed_once_for_all_names_and_only_when_a_rule_asks(self) -> None:
        cloud = SmallCloud(public("Debian-12"))
        about = facts(cloud)
        self.assertEqual([], cloud.asked)

        about.public_namesakes("a")
        about.public_namesakes("b")

        self.assertEqual(["list public", "list public hidden"], cloud.asked)

    def test_the_name_of_a_hidden_public_image_is_not_free(self) -> None:
        hidden = replace(public("Debian-11"), hidden=True)

        found = facts(SmallCloud(public("Debian-12"), hidden)).public_namesakes("debian 11")

        self.assertEqual((hidden,), found.value)

    def test_the_namesakes_are_unknown_if_the_cloud_fails(self) -> None:
        cloud = SmallCloud(failure=errors.NotAllowed("Image service"))

        unknown = self.assertRaises(Unknown, facts(cloud).public_namesakes, "a")

        self.assertIn("The Image service does not allow this", unknown.why)


class TestReach(base.BaseTestCase):
    def test_of_a_shared_image_has_its_members(self) -> None:
        shared = Image(name="k", id=KERNEL, owner=MINE, visibility=Visibility.SHARED)

        found = facts(SmallCloud(shared)).reach_of(KERNEL).value

        self.assertEqual(
            Recipients(visibility=Visibility.SHARED, owner=MINE, members=frozenset({"e" * 32}), status="queued"), found
        )

    def test_the_reach_of_other_images_has_no_members(self) -> None:
        cloud = SmallCloud(Image(name="k", id=KERNEL, owner=MINE, visibility=Visibility.COMMUNITY))

        found = facts(cloud).reach_of(KERNEL).value

        self.assertEqual(Recipients(visibility=Visibility.COMMUNITY, owner=MINE, status="queued"), found)
        self.assertEqual([f"show {KERNEL}"], cloud.asked)

    def test_of_an_image_that_is_not_there_is_none(self) -> None:
        self.assertIsNone(facts(SmallCloud()).reach_of(KERNEL).value)

    def test_is_asked_once_for_each_image(self) -> None:
        cloud = SmallCloud()
        about = facts(cloud)

        for image_id in (KERNEL, KERNEL, RAMDISK):
            about.reach_of(image_id)

        self.assertEqual([f"show {KERNEL}", f"show {RAMDISK}"], cloud.asked)

    def test_the_reach_is_unknown_if_the_cloud_fails(self) -> None:
        cloud = SmallCloud(failure=errors.ServiceFailure("Image service"))

        self.assertRaises(Unknown, facts(cloud).reach_of, KERNEL)

    def test_a_text_that_is_not_an_id_is_not_requested(self) -> None:
        cloud = SmallCloud(failure=errors.InvalidRequest("Image service"))

        for text in ("..", ".", "?visibility=public", "x" * 3000, "%00"):
            with self.subTest(text=text[:20]):
                self.assertIsNone(facts(cloud).reach_of(text).value)

    def test_the_status_of_a_kernel_is_known(self) -> None:
        cloud = SmallCloud(Image(name="k", id=KERNEL, visibility=Visibility.COMMUNITY, status="deactivated"))

        found = facts(cloud).reach_of(KERNEL).value

        self.assertEqual("deactivated", found and found.status)
