"""What a disk refers to outside itself."""

from __future__ import annotations

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

PARENT = ("parent disk, of which it holds the differences",)


class TestReferences(DiskTest):
    def assert_refers(self, *words: str) -> None:
        for disk in (self.look(), self.stream(), self.stream_head()):
            self.assertEqual(words, disk.references().value)

    def test_most_disks_refer_to_nothing(self) -> None:
        writers = (disks.raw_with_mbr, disks.qcow2, disks.vdi, disks.vhdx, disks.dynamic_vhd, disks.vmdk_sparse)
        for write in (*writers, disks.iso, disks.fixed_vhd):
            with self.subTest(write=write):
                write(self.path)

                self.assert_refers()

    def test_a_backing_file(self) -> None:
        disks.qcow2_with_backing_file(self.path, b"/etc/shadow")

        self.assert_refers("backing file '/etc/shadow'")

    def test_a_name_can_do_no_harm_to_a_terminal(self) -> None:
        disks.qcow2_with_backing_file(self.path, b"\x1b[2Jgone \xe2\x80\xae\n\xff")

        self.assert_refers(r"backing file '\x1b[2Jgone \u202e\n\ufffd'")

    def test_a_name_without_end_is_cut(self) -> None:
        header = bytearray(disks.qcow2_header(backing=b"b" * 1100))
        header[16:20] = b"\xff" * 4

        disks.qcow2_with_header(self.path, bytes(header))

        self.assert_refers(f"backing file '{'b' * 1023}'")

    def test_an_external_data_file(self) -> None:
        disks.qcow2(self.path, features=1 << 2)

        self.assert_refers("data file 'data.raw'")

    def test_new_features_of_qcow2_are_no_reference(self) -> None:
        disks.qcow2(self.path, features=1 << 3 | 1 << 4)

        self.assert_refers()

    def test_a_backing_file_of_a_qed(self) -> None:
        disks.qed(self.path)

        self.assert_refers("backing file 'base.img'")

    def test_parents(self) -> None:
        disks.dynamic_vhd(self.path, kind=4, parent="base.vhd")
        self.assert_refers("parent disk 'base.vhd'")

        disks.vhdx(self.path, flags=2)
        self.assert_refers(*PARENT)

        disks.vdi(self.path, parent=b"p" * 16)
        self.assert_refers(*PARENT)

        disks.vmdk_described(self.path, parent="base.vmdk")
        self.assert_refers("parent disk 'base.vmdk'", "extent in file 'disk-flat.vmdk'")


class TestReferencesOfVmdk(DiskTest):
    def assert_refers(self, *words: str) -> None:
        self.assertEqual(words, self.look().references().value)

    def test_a_sparse_file_names_itself_by_a_name_that_may_be_old(self) -> None:
        disks.vmdk_sparse(self.path, extents='RW 2048 SPARSE "before it was renamed.vmdk"')

        self.assert_refers()

    def test_a_sparse_file_with_contents_elsewhere(self) -> None:
        for extents in ('RW 2048 SPARSE "/dev/sda"', 'RW 2048 FLAT "/dev/sda" 0', 'rw 2048 sparse "c:\\x"'):
            with self.subTest(extents=extents):
                disks.vmdk_sparse(self.path, extents=extents)

                self.assertEqual(1, len(self.look().references().value), extents)

    def test_a_sparse_header_without_sectors_is_read_as_a_description(self) -> None:
        disks.vmdk_sparse(self.path, extents='RW 2048 FLAT "/etc/shadow" 0', sectors=0)

        self.assert_refers("extent in file '/etc/shadow'")

    def test_names_on_the_next_line_count_as_for_qemu(self) -> None:
        disks.vmdk_described(self.path, '  RW\n2048\n FLAT\n"/etc/shadow" 0')

        self.assert_refers("extent in file '/etc/shadow'")

    def test_a_description_without_its_title(self) -> None:
        self.path.write_bytes(b'\n#\nversion=1\nRW 2048 FLAT "/etc/shadow" 0\ncreateType="monolithicFlat"\n')

        self.assert_refers("extent in file '/etc/shadow'")

    def test_many_files_are_counted(self) -> None:
        disks.vmdk_described(self.path, "\n".join(f'RW 2048 SPARSE "s{part}.vmdk"' for part in range(9)))

        references = self.look().references().value

        self.assertEqual(("extent in file 's4.vmdk'", "extents in 4 other files"), references[-2:])
