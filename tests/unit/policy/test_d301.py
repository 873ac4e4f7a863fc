from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import FileAction, Fix, OnFile, Recreate, SetField, UnsetField


class TestD301(base.BaseTestCase):
    def test_a_wrong_format_names_both_and_the_option(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format would be vmdk, but the file is vhd", found.message)
        self.assertEqual(Fix.by(UnsetField("disk_format")) | Fix.by(SetField("disk_format", "vhd")), found.fix)

    def test_the_fix_of_an_image_in_the_cloud_is_a_new_image(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, before={}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format is vmdk, but the file is vhd", found.message)
        self.assertEqual(Fix.by(Recreate()), found.fix)

    def test_the_format_of_an_image_without_data_can_change(self) -> None:
        queued = {"disk_format": "vmdk", "status": "queued"}

        (found,) = findings("D301", image=queued, before={}, disk={"disk_format": "vhd"})

        self.assertEqual(Fix.by(SetField("disk_format", "vhd")), found.fix)

    def test_a_format_that_glance_lacks_has_to_be_converted(self) -> None:
        (found,) = findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qed"})

        self.assertEqual(Fix.by(OnFile(FileAction.CONVERT, "qcow2")), found.fix)

    def test_a_qcow2_declared_raw_is_reported_by_d307_alone(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qcow2"}))

    def test_a_compressed_file_is_reported_by_d304_alone(self) -> None:
        self.assertEqual([], findings("D301", disk={"disk_format": "raw", "archive_format": "gzip"}))

    def test_a_kernel_is_not_checked_as_a_disk(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "aki", "container_format": "aki"}))
