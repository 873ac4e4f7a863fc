"""V107."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Finding
from vscclient.model.fix import Advice, Fix, Reference, UnsetField
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_plan
from vscclient.policy.example import MINE, case, project

MAPPING = '[{"source_type": "snapshot", "snapshot_id": "s1", "boot_index": 0}]'
SNAPSHOT = {"size_bytes": 0, "properties": {"block_device_mapping": MAPPING}}
FRIEND, OTHER = project("e" * 32), project("f" * 32)
MY_OTHER = project("d" * 32, label="VSC_00002", resolution=Resolution.OWN)


def shared_with(*members: NamedProject, image: dict[str, Any] = SNAPSHOT) -> list[Finding]:
    """Return the findings about an image that is shared with these projects."""
    shared = {"visibility": Visibility.SHARED} | image
    own = frozenset({MY_OTHER.key})
    return findings("V107", image=shared, before={}, plan={"members": members, "own_projects": own})


class TestV107(base.BaseTestCase):
    def test_a_snapshot_of_a_volume_cannot_be_shared(self) -> None:
        (found,) = shared_with(FRIEND)

        self.assertTrue(found.stops)
        self.assertEqual(
            f"project {FRIEND.label} cannot launch the image: it is a snapshot of a volume-backed instance",
            found.message,
        )
        self.assertEqual((Advice("make an image of the volume", Reference.VOLUME),), found.fix.alternatives[0])

    def test_a_snapshot_of_a_volume_cannot_be_shared_with_an_own_project(self) -> None:
        (found,) = shared_with(MY_OTHER)

        self.assertTrue(found.stops)

    def test_a_snapshot_of_a_volume_cannot_be_shared_with_one_more_own_project(self) -> None:
        example = case(image=SNAPSHOT | {"visibility": Visibility.SHARED}, before={})
        own = frozenset({MY_OTHER.key})
        plan = replace(example.plan, members=(FRIEND, MY_OTHER), members_before=(FRIEND,), own_projects=own)

        (found,) = check_plan(plan, example.facts, Settings()).findings

        self.assertTrue(found.stops)
        self.assertIn("VSC_00002", found.message)

    def test_a_snapshot_of_a_volume_cannot_be_published(self) -> None:
        for visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
            with self.subTest(visibility=visibility):
                (found,) = findings("V107", image=SNAPSHOT | {"visibility": visibility}, before={})

                self.assertTrue(found.stops)
                self.assertIn("other projects cannot launch the image", found.message)

    def test_a_private_snapshot_of_a_volume_is_fine(self) -> None:
        self.assertEqual([], findings("V107", image=SNAPSHOT))

    def test_a_snapshot_of_a_volume_without_members_is_fine(self) -> None:
        self.assertEqual([], shared_with())

    def test_removing_a_member_is_not_stopped(self) -> None:
        example = case(image=SNAPSHOT | {"visibility": Visibility.SHARED}, before={})
        plan = replace(example.plan, members=(FRIEND,), members_before=(FRIEND, OTHER))

        self.assertEqual((), check_plan(plan, example.facts, Settings()).findings)

    def test_a_mapping_of_an_image_with_data_needs_the_volumes(self) -> None:
        for device in ('{"source_type": "volume"}', '{"snapshot_id": "s1"}', '{"volume_id": "v1"}'):
            with self.subTest(device=device):
                image = {"size_bytes": 5, "properties": {"block_device_mapping": f"[{device}]"}}
                (found,) = shared_with(FRIEND, image=image)

                self.assertIn("its block_device_mapping names volumes", found.message)
                self.assertEqual(Fix.by(UnsetField("block_device_mapping")), found.fix)

    def test_a_new_image_with_data_is_not_a_snapshot_of_a_volume(self) -> None:
        new = {"size_bytes": None, "properties": {"block_device_mapping": MAPPING}}

        (found,) = shared_with(FRIEND, image=new)

        self.assertIn("its block_device_mapping names volumes", found.message)

    def test_a_mapping_to_another_image_does_not_replace_the_disk_that_was_checked(self) -> None:
        device = '{"source_type": "image", "image_id": "i1", "destination_type": "volume", "boot_index": 0}'
        for mapping in (f"[{device}]", '[{"source_type": "blank"}, {"image_id": "i1"}]'):
            image = {"size_bytes": 5, "properties": {"block_device_mapping": mapping}}
            with self.subTest(mapping=mapping):
                (shared,) = shared_with(FRIEND, image=image)
                (published,) = findings("V107", image=image | {"visibility": Visibility.COMMUNITY})

                self.assertTrue(shared.stops)
                self.assertIn("the block_device_mapping of the image names other images", published.message)
                self.assertEqual(Fix.by(UnsetField("block_device_mapping")), published.fix)
                self.assertEqual([], findings("V107", image=image))

    def test_a_mapping_without_volumes_is_fine(self) -> None:
        for mapping in ("[]", "{}", "5", "nonsense", '[{"source_type": "blank"}]', '["x", null]', "[" * 100_000):
            with self.subTest(mapping=mapping[:40]):
                image = {"size_bytes": 5, "properties": {"block_device_mapping": mapping}}

                self.assertEqual([], shared_with(FRIEND, image=image))

    def test_an_image_with_data_is_fine(self) -> None:
        self.assertEqual([], shared_with(FRIEND, project(MINE), image={"size_bytes": 5}))
