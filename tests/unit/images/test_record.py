"""What the record of an image tells of its disk."""

from __future__ import annotations

from typing import Any

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from tests import base
from vscclient.images.inspection.image_data import disk_from_record
from vscclient.model.image import Image

GIB = 1024**3


def look(*, virtual_size: int | None = None, **fields: Any) -> Disk:
    """The disk of an active qcow2 of 1 GiB, but for what is said here."""
    sound: dict[str, Any] = {"status": "active", "disk_format": "qcow2", "size_bytes": GIB}
    return disk_from_record(Image(name="rna", record={"virtual_size": virtual_size}, **sound | fields))


class TestRecord(base.BaseTestCase):
    def why(self, disk: Disk) -> set[str]:
        """The reasons why nothing is known."""
        facts = (disk.disk_format, disk.virtual_size_bytes, disk.archive_format, disk.references, disk.damage)
        return {self.assertRaises(Unknown, fact).why for fact in facts}

    def test_the_virtual_size_is_that_of_the_cloud(self) -> None:
        found = look(virtual_size=10 * GIB).virtual_size_bytes()

        self.assertEqual((10 * GIB, "the image's record"), (found.value, found.location))

    def test_a_raw_disk_and_an_iso_are_as_long_as_their_data(self) -> None:
        for disk_format in ("raw", "iso"):
            with self.subTest(disk_format=disk_format):
                self.assertEqual(GIB, look(disk_format=disk_format).virtual_size_bytes().value)

    def test_the_virtual_size_of_the_cloud_overrides_the_length_of_the_data(self) -> None:
        self.assertEqual(2 * GIB, look(disk_format="raw", virtual_size=2 * GIB).virtual_size_bytes().value)

    def test_all_other_facts_are_unknown_for_the_same_reason(self) -> None:
        (why,) = self.why(look())

        self.assertIn("--file FILE", why)

    def test_an_image_of_no_bytes_is_empty(self) -> None:
        for status in ("active", "deactivated"):
            with self.subTest(status=status):
                found = look(status=status, size_bytes=0).damage()

                self.assertEqual((("it is empty",), "the image's record"), (found.value, found.location))

    def test_an_image_that_is_being_saved_is_not_empty_yet(self) -> None:
        self.assertRaises(Unknown, look(status="saving", size_bytes=0).damage)

    def test_a_snapshot_of_a_volume_has_no_bytes_of_its_own(self) -> None:
        snapshot = look(size_bytes=0, virtual_size=0, properties={"block_device_mapping": "[{}]"})

        (why,) = self.why(snapshot)
        self.assertIn("snapshot of a volume", why)

    def test_a_mapping_does_not_make_an_image_with_data_a_snapshot_of_a_volume(self) -> None:
        image = look(size_bytes=5, virtual_size=GIB, properties={"block_device_mapping": "[{}]"})

        self.assertEqual(GIB, image.virtual_size_bytes().value)
        self.assertNotIn("snapshot of a volume", str(self.assertRaises(Unknown, image.references)))

    def test_a_record_without_data_says_so(self) -> None:
        self.assertEqual(
            {"the image has no data yet"}, self.why(look(status="queued", size_bytes=None, virtual_size=0))
        )
