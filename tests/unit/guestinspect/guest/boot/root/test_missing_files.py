"""Boot entries whose kernel or initramfs is not on the disk, and roots that only an initramfs finds."""

from __future__ import annotations

from pathlib import Path

from guestinspect.guest.boot.root.device import find_root_device
from guestinspect.guest.boot.root.requirement import require_root
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import RootDevice
from tests import volumes
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.boot.root.test_device import GRUB, LOADED, ROOT_UUID, RootTest
from tests.volumes import EFI_SYSTEM, Part, gpt

BY_ID = "/dev/disk/by-id"
VBOX = f"{BY_ID}/ata-VBOX_HARDDISK_VB1-part1"


class FilesTest(RootTest):
    def find(self, lines: str, files: dict[str, str] | None = None, disk: str = "gpt") -> Fact[RootDevice]:
        """Return the root of an entry of GRUB with these lines.

        Args:
            lines: The lines of the entry.
            files: The files of the guest.
            disk: The disk with its root file system.
        """
        grub = {GRUB: f"menuentry 'Debian' {{\n{lines}\n}}\n"}
        return find_root_device(MemoryTree(grub | (LOADED if files is None else files)), self.disk(disk))

    def assertStarts(self, lines: str, files: dict[str, str] | None = None, disk: str = "gpt") -> None:
        root = self.find(lines, files, disk).value

        self.assertEqual(("", ""), (root.missing, root.doubt))

    def make_with_kernel_on_efi(self, path: Path) -> Path:
        files = self.made / "efi-with-kernel"
        files.mkdir()
        (files / "Vmlinuz-on-ESP").write_text("MZ")
        efi = volumes.vfat(self.made / "efi-kernel", files, "-i", "1234ABCD")
        return gpt(path, [Part(efi, EFI_SYSTEM), Part(self.ext())])


class TestRootWithoutInitramfs(FilesTest):
    def test_a_root_that_only_an_initramfs_finds_is_doubtful_without_one(self) -> None:
        for name in (f"UUID={ROOT_UUID}", '"LABEL=my root"', f"/dev/disk/by-uuid/{ROOT_UUID}"):
            with self.subTest(name=name):
                root = self.find(f"linux /vmlinuz root={name} ro")

                self.assertEqual("", root.value.missing)
                self.assertIn("needs an initramfs, and the boot loader loads none", root.value.doubt)
                self.assertIn("may not start", self.assertRaises(Unknown, require_root, lambda root=root: root).why)

    def test_an_initramfs_that_is_not_on_the_disk_is_not_loaded(self) -> None:
        for initrd in ("/initrd.img-9.9", "/boot/initrd.img-9.9", "/initrd.img /ucode-9.9.img"):
            with self.subTest(initrd=initrd):
                root = self.find(f"linux /vmlinuz root=UUID={ROOT_UUID} ro\ninitrd {initrd}").value

                self.assertIn("9.9", root.doubt)
                self.assertIn("was not found on the disk", root.doubt)

    def test_the_kernel_finds_some_names_itself(self) -> None:
        for name in ("/dev/vda3", f"PARTUUID={volumes.partition_uuid(3)}", "PARTLABEL=system"):
            for initrd in ("", "\ninitrd /initrd.img-9.9"):
                with self.subTest(name=name, initrd=initrd):
                    self.assertStarts(f"linux /vmlinuz root={name} ro{initrd}")

    def test_an_initramfs_is_named_in_several_ways(self) -> None:
        root = f"root=UUID={ROOT_UUID} ro"

        self.assertStarts(f"linux /vmlinuz {root}\ninitrd /initrd.img")
        self.assertStarts(f"linux /vmlinuz {root} initrd=/initrd.img")
        self.assertStarts(f"linux /vmlinuz {root}\ninitrd (loop)/initrd-of-a-cd.img")


class TestKernels(FilesTest):
    def test_a_kernel_that_is_not_on_the_disk_does_not_start(self) -> None:
        for kernel in ("/boot/vmlinuz-5.10", "(hd0,gpt3)/vmlinuz-5.10", "vmlinuz-5.10"):
            for name in (f"UUID={ROOT_UUID}", "/dev/vda3", "/dev/mapper/luks-1 rd.luks.uuid=1"):
                with self.subTest(kernel=kernel, name=name):
                    root = self.find(f"linux {kernel} root={name} ro\ninitrd /initrd.img")

                    self.assertEqual(f"its kernel {kernel} is not on the disk", root.value.missing)
                    self.assertEqual(f"{GRUB}:2", root.location)
                    self.assertIn("update-grub", root.value.remedy)

    def test_a_kernel_on_another_file_system_of_the_disk_is_there(self) -> None:
        self.assertStarts("linux /vmlinuz-on-esp root=/dev/vda2", {}, "with_kernel_on_efi")

    def test_a_kernel_that_cannot_be_looked_for_is_not_missing(self) -> None:
        for kernel in (
            "(loop)/casper/vmlinuz",
            "(hd1,gpt1)/vmlinuz-5.10",
            "(http)/vmlinuz",
            "/boot/../vmlinuz",
        ):
            with self.subTest(kernel=kernel):
                self.assertStarts(f"linux {kernel} root=/dev/vda3 ro", LOADED)

    def test_a_kernel_may_lie_on_a_file_system_that_cannot_be_read(self) -> None:
        for disk in ("beside_luks", "btrfs"):
            with self.subTest(disk=disk):
                options = "rootflags=subvol=@" if disk == "btrfs" else ""
                root = self.find(f"linux /vmlinuz-5.10 root=/dev/vda1 {options}", {}, disk).value

                self.assertEqual("", root.missing)
                self.assertIn("its kernel /vmlinuz-5.10 was not found", root.doubt)


class TestNamesThatCannotBeChecked(FilesTest):
    def test_a_name_that_depends_on_the_machine_is_doubtful(self) -> None:
        for name in (
            *("/dev/dm-0", "/dev/ram0", "0xfd01", "fd01", "8:1", f"{BY_ID}/virtio-1", f"{BY_ID}/wwn-0x5000"),
            *("/dev/disk/by-path/pci-0000:00:1f.2-ata-1-part1", f"{BY_ID}/lvm-pv-uuid-1", f"{BY_ID}/scsi-36000c29"),
        ):
            with self.subTest(name=name):
                root = self.find(f"linux /vmlinuz root={name} ro\ninitrd /initrd.img").value

                self.assertEqual(("", f"root={name} cannot be checked"), (root.missing, root.doubt))

    def test_a_disk_of_another_machine_is_missing(self) -> None:
        for name in (VBOX, f"{BY_ID}/scsi-SATA_VBOX_HARDDISK_1-part1", f"{BY_ID}/usb-SanDisk-0:0-part1"):
            with self.subTest(name=name):
                root = self.find(f"linux /vmlinuz root={name} ro\ninitrd /initrd.img").value

                self.assertEqual(
                    f"root={name} is a disk of another machine, by its model and serial number", root.missing
                )
                self.assertEqual((f"root={name}", f"root=UUID={ROOT_UUID}"), (root.wrong, root.right))

    def test_a_disk_of_qemu_needs_its_bus(self) -> None:
        root = self.find(f"linux /vmlinuz root={BY_ID}/ata-QEMU_HARDDISK_QM00001-part1 ro\ninitrd /initrd.img").value

        self.assertEqual(("", ("sata", "ide")), (root.missing, root.buses))
        self.assertIn("cannot be checked", root.doubt)

    def test_parameters_that_replace_the_root_leave_it_unknown(self) -> None:
        for parameters in ("root=/dev/ram0 real_root=UUID=1", "root=/dev/dm-0 rd.luks.uuid=1"):
            with self.subTest(parameters=parameters):
                self.assertRaises(Unknown, self.find, f"linux /vmlinuz {parameters}\ninitrd /initrd.img")
