"""References of a disk to other files."""

from __future__ import annotations

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

PARENT = ("parent disk, of which it holds the differences",)


class TestReferences(DiskTest):
    def assert_references(self, *words: str) -> None:
        for disk in (self.read_file(), self.read_stream(), self.read_stream_head()):
            self.assertEqual(words, disk.references().value)

    def test_a_self_contained_disk_has_no_references(self) -> None:
        writers = (disks.raw_with_mbr, disks.qcow2, disks.vdi, disks.vhdx, disks.dynamic_vhd, disks.vmdk_sparse)
        for write in (*writers, disks.iso, disks.fixed_vhd):
            with self.subTest(write=write):
                write(self.path)

                self.assert_references()

    def test_a_backing_file_is_named(self) -> None:
        disks.qcow2_with_backing_file(self.path, b"/etc/shadow")

        self.assert_references("backing file '/etc/shadow'")

    def test_control_characters_in_a_name_are_escaped(self) -> None:
        disks.qcow2_with_backing_file(self.path, b"\x1b[2Jgone \xe2\x80\xae\n\xff")

        self.assert_references(r"backing file '\x1b[2Jgone \u202e\n\ufffd'")

    def test_a_name_that_is_too_long_is_truncated(self) -> None:
        header = bytearray(disks.qcow2_header(backing=b"b" * 1100))
        header[16:20] = b"\xff" * 4

        disks.qcow2_with_header(self.path, bytes(header))

        self.assert_references(f"backing file '{'b' * 1023}'")

    def test_an_external_data_file_is_named(self) -> None:
        disks.qcow2(self.path, features=1 << 2)

        self.assert_references("data file 'data.raw'")

    def test_new_features_of_qcow2_are_not_references(self) -> None:
        disks.qcow2(self.path, features=1 << 3 | 1 << 4)

        self.assert_references()

    def test_a_backing_file_of_a_qed_is_named(self) -> None:
        disks.qed(self.path)

        self.assert_references("backing file 'base.img'")

    def test_a_parent_disk_is_named(self) -> None:
        disks.dynamic_vhd(self.path, kind=4, parent="base.vhd")
        self.assert_references("parent disk 'base.vhd'")

        disks.vhdx(self.path, flags=2)
        self.assert_references(*PARENT)

        disks.vdi(self.path, parent=b"p" * 16)
        self.assert_references(*PARENT)

        disks.vmdk_described(self.path, parent="base.vmdk")
        self.assert_references("parent disk 'base.vmdk'", "extent in file 'disk-flat.vmdk'")


class TestReferencesOfVmdk(DiskTest):
    def assert_references(self, *words: str) -> None:
        self.assertEqual(words, self.read_file().references().value)

    def test_a_sparse_file_that_names_itself_by_an_old_name_has_no_references(self) -> None:
        disks.vmdk_sparse(self.path, extents='RW 2048 SPARSE "before it was renamed.vmdk"')

        self.assert_references()

    def test_a_sparse_file_with_contents_in_another_file_refers_to_it(self) -> None:
        for extents in ('RW 2048 SPARSE "/dev/sda"', 'RW 2048 FLAT "/dev/sda" 0', 'rw 2048 sparse "c:\\x"'):
            with self.subTest(extents=extents):
                disks.vmdk_sparse(self.path, extents=extents)

                self.assertEqual(1, len(self.read_file().references().value), extents)

    def test_a_sparse_header_without_sectors_is_read_as_a_descriptor(self) -> None:
        disks.vmdk_sparse(self.path, extents='RW 2048 FLAT "/etc/shadow" 0', sectors=0)

        self.assert_references("extent in file '/etc/shadow'")

    def test_a_name_on_the_next_line_counts_as_for_qemu(self) -> None:
        disks.vmdk_described(self.path, '  RW\n2048\n FLAT\n"/etc/shadow" 0')

        self.assert_references("extent in file '/etc/shadow'")

    def test_a_descriptor_without_its_title_is_read(self) -> None:
        self.path.write_bytes(b'\n#\nversion=1\nRW 2048 FLAT "/etc/shadow" 0\ncreateType="monolithicFlat"\n')

        self.assert_references("extent in file '/etc/shadow'")

    def test_many_files_are_counted(self) -> None:
        disks.vmdk_described(self.path, "\n".join(f'RW 2048 SPARSE "s{part}.vmdk"' for part in range(9)))

        references = self.read_file().references().value

        self.assertEqual(("extent in file 's4.vmdk'", "extents in 4 other files"), references[-2:])
