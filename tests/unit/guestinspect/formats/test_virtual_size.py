"""How large a guest sees the disk."""

from __future__ import annotations

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

GIB = 1024**3


class TestVirtualSize(DiskTest):
    def assert_size(self, size_bytes: int) -> None:
        for disk in (self.look(), self.stream()):
            self.assertEqual(size_bytes, disk.virtual_size_bytes().value)

    def test_all_of_a_raw_disk_counts_not_only_what_was_read(self) -> None:
        self.path.write_bytes(bytes(9 * disks.GUEST_BYTES + 512))

        self.assert_size(9 * disks.GUEST_BYTES + 512)

    def test_an_encrypted_disk_counts_with_its_header(self) -> None:
        disks.luks(self.path)

        self.assert_size(disks.GUEST_BYTES)

    def test_a_qcow2_says_it_to_the_byte(self) -> None:
        disks.qcow2(self.path, virtual_size_bytes=3 * GIB + 1)

        self.assert_size(3 * GIB + 1)

    def test_the_footer_of_a_fixed_vhd_is_not_the_guests(self) -> None:
        disks.fixed_vhd(self.path)

        self.assert_size(disks.GUEST_BYTES)

    def test_the_current_size_of_a_resized_vhd_counts(self) -> None:
        footer = disks.vhd_footer(kind=3, header_at=512, size_bytes=GIB)
        original_size = (2 * GIB).to_bytes(8, "big")

        self.look_at(footer[:40] + original_size + footer[48:])

        self.assert_size(GIB)

    def test_a_guest_sees_all_of_an_iso(self) -> None:
        disks.iso(self.path, size_bytes=disks.GUEST_BYTES, blocks=30)

        self.assert_size(disks.GUEST_BYTES)

    def test_the_other_formats(self) -> None:
        for write in (disks.vhdx, disks.vdi, disks.vmdk_sparse, disks.vmdk_described, disks.dynamic_vhd, disks.qed):
            with self.subTest(write=write):
                write(self.path)

                self.assert_size(disks.GUEST_BYTES)

    def test_a_size_that_no_disk_has_is_not_believed(self) -> None:
        for size in (0, 2**63, 2**64 - 1):
            with self.subTest(size=size):
                disks.qcow2_with_header(self.path, disks.qcow2_header(virtual_size_bytes=size, l1_entries=1))

                self.assert_unknown(
                    self.look().virtual_size_bytes, f"its header declares a virtual size of {size} bytes"
                )
                self.assert_damaged(f"its header declares a virtual size of {size} bytes")
