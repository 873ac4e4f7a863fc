from __future__ import annotations

from tests import base
from tests.unit.policy.judging import findings


class TestD301(base.BaseTestCase):
    def test_a_wrong_format_names_both_and_the_option(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format would be vmdk, but the file is vhd", found.message)
        self.assertEqual("say --disk-format vhd, or leave it out", found.fix)

    def test_of_an_image_that_is_there_the_mend_is_a_new_one(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, before={}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format is vmdk, but the file is vhd", found.message)
        self.assertIn("openstack vsc image create", found.fix)

    def test_one_without_data_can_still_be_declared_otherwise(self) -> None:
        queued = {"disk_format": "vmdk", "status": "queued"}

        (found,) = findings("D301", image=queued, before={}, disk={"disk_format": "vhd"})

        self.assertIn("say --disk-format vhd", found.fix)

    def test_a_format_that_glance_lacks_has_to_be_converted(self) -> None:
        (found,) = findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qed"})

        self.assertIn("qemu-img convert", found.fix)

    def test_a_qcow2_declared_raw_is_told_once(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qcow2"}))

    def test_a_compressed_file_is_told_once(self) -> None:
        self.assertEqual([], findings("D301", disk={"disk_format": "raw", "wrapping": "gzip"}))

    def test_a_kernel_is_not_judged_as_a_disk(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "aki", "container_format": "aki"}))
