"""The differences between two images."""

from __future__ import annotations

from dataclasses import replace

from tests import base
from vscclient.images.image_change.changes import changes_between
from vscclient.model.image import Image
from vscclient.model.project import ProjectId
from vscclient.model.visibility import Visibility

IMAGE = Image(name="rna", tags=("b", "a"), properties={"k": "v"})


class TestChanges(base.BaseTestCase):
    def test_the_same_image_has_no_changes(self) -> None:
        self.assertFalse(changes_between(IMAGE, replace(IMAGE, tags=("a", "b"))))

    def test_changed_and_removed_properties_are_listed(self) -> None:
        changes = changes_between(IMAGE, replace(IMAGE, min_disk_gib=2, hidden=True, properties={"x": "y"}, tags=()))

        self.assertEqual({"min_disk": 2, "os_hidden": True, "x": "y", "tags": []}, changes.fields)
        self.assertEqual(("k",), changes.removed)

    def test_each_change_is_a_line(self) -> None:
        lines = list(changes_between(IMAGE, replace(IMAGE, name="dna", properties={}, tags=())).lines())

        self.assertEqual(["  name: rna → dna", "  tags: a, b → (none)", "  k: v → (none)"], lines)

    def test_status_and_owner_are_steps_of_their_own(self) -> None:
        wanted = replace(IMAGE, status="deactivated", owner=ProjectId("b"), min_disk_gib=2, properties={})

        status, fields, owner = changes_between(IMAGE, wanted).steps()

        self.assertEqual(({"status": "deactivated"}, ()), (status.fields, status.removed))
        self.assertEqual(({"min_disk": 2}, ("k",)), (fields.fields, fields.removed))
        self.assertEqual(({"owner": "b"}, ()), (owner.fields, owner.removed))

    def test_an_image_can_have_a_part_of_the_changes(self) -> None:
        changes = changes_between(IMAGE, replace(IMAGE, visibility=Visibility.COMMUNITY, min_disk_gib=2, properties={}))

        self.assertEqual({}, changes.applied_to(IMAGE).fields)
        applied = changes.applied_to(replace(IMAGE, visibility=Visibility.COMMUNITY))
        self.assertEqual(({"visibility": "community"}, ()), (applied.fields, applied.removed))
        self.assertFalse(changes.are_in(replace(IMAGE, visibility=Visibility.COMMUNITY, min_disk_gib=2)))
        self.assertTrue(
            changes.are_in(replace(IMAGE, visibility=Visibility.COMMUNITY, min_disk_gib=2, properties={"x": "y"}))
        )
