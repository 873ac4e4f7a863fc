"""The differences between two images."""

from __future__ import annotations

from dataclasses import replace

from tests import base
from vscclient.images.image_change.change import changes_between
from vscclient.model.image import Image

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

    def test_the_status_is_not_a_field(self) -> None:
        self.assertFalse(changes_between(IMAGE, replace(IMAGE, status="deactivated")))
