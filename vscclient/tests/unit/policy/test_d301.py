from __future__ import annotations

from oslotest import base

from vscclient.tests.unit.policy.judging import findings


class TestD301(base.BaseTestCase):
    def test_a_wrong_format_names_both_and_the_option(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format would be vmdk, but the file is vhd", found.message)
        self.assertEqual("say --disk-format vhd, or leave it out", found.mend)

    def test_a_format_that_glance_lacks_has_to_be_converted(self) -> None:
        (found,) = findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qed"})

        self.assertIn("qemu-img convert", found.mend)

    def test_a_qcow2_declared_raw_is_told_once(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qcow2"}))

    def test_a_compressed_file_is_told_once(self) -> None:
        self.assertEqual([], findings("D301", disk={"disk_format": "raw", "wrapping": "gzip"}))

    def test_a_kernel_is_not_judged_as_a_disk(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "aki", "container_format": "aki"}))
