"""The virtual size of a disk."""

from __future__ import annotations

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

GIB = 1024**3


class TestVirtualSize(DiskTest):
    def assert_size(self, size_bytes: int) -> None:
        for disk in (self.read_file(), self.read_stream()):
            self.assertEqual(size_bytes, disk.virtual_size_bytes().value)

    def test_a_raw_disk_is_as_large_as_its_file(self) -> None:
        self.path.write_bytes(bytes(9 * disks.GUEST_BYTES + 512))

        self.assert_size(9 * disks.GUEST_BYTES + 512)

    def test_an_encrypted_disk_is_as_large_as_its_file(self) -> None:
        disks.luks(self.path)

        self.assert_size(disks.GUEST_BYTES)

    def test_a_qcow2_declares_its_size_to_the_byte(self) -> None:
        disks.qcow2(self.path, virtual_size_bytes=3 * GIB + 1)

        self.assert_size(3 * GIB + 1)

    def test_a_fixed_vhd_is_as_large_as_its_file_without_the_footer(self) -> None:
        disks.fixed_vhd(self.path)

        self.assert_size(disks.GUEST_BYTES)

    def test_a_resized_vhd_has_its_current_size(self) -> None:
        footer = disks.vhd_footer(kind=3, header_at=512, size_bytes=GIB)
        original_size = (2 * GIB).to_bytes(8, "big")

        self.read_bytes_as_file(footer[:40] + original_size + footer[48:])

        self.assert_size(GIB)

    def test_an_iso_is_as_large_as_its_file(self) -> None:
        disks.iso(self.path, size_bytes=disks.GUEST_BYTES, blocks=30)

        self.assert_size(disks.GUEST_BYTES)

    def test_every_other_format_declares_its_size(self) -> None:
        for write in (disks.vhdx, disks.vdi, disks.vmdk_sparse, disks.vmdk_described, disks.dynamic_vhd, disks.qed):
            with self.subTest(write=write):
                write(self.path)

                self.assert_size(disks.GUEST_BYTES)

    def test_an_impossible_size_is_unknown(self) -> None:
        for size in (0, 2**63, 2**64 - 1):
            with self.subTest(size=size):
                disks.qcow2_with_header(self.path, disks.qcow2_header(virtual_size_bytes=size, l1_entries=1))

                self.assert_unknown(
                    self.read_file().virtual_size_bytes, f"its header declares a virtual size of {size} bytes"
                )
                self.assert_damaged(f"its header declares a virtual size of {size} bytes")
