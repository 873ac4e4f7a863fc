"""Whole disks: the kind of their guest, and its files on all file systems."""

from __future__ import annotations

import struct
from pathlib import Path

from guestinspect.disk.open_disk import DiskKind, OpenDisk, open_disk
from guestinspect.disk.tree import Unreadable
from tests import disks, volumes
from tests.unit.guestinspect.reading import MemoryBlocks, ReadingTest, a_guest, differences
from tests.volumes import BIOS_BOOT, EFI_SYSTEM, LINUX_ROOT, MIB, Part, gpt, mbr

ROOT_UUID = "11111111-1111-1111-1111-111111111111"
BOOT_UUID = "22222222-2222-2222-2222-222222222222"
PV_ID = "abcdefghijklmnopqrstuvwxyzABCDEF"


class DiskTest(ReadingTest):
    def open_disk_in(self, path: Path, disk_format: str | None = None) -> OpenDisk:
        """Open the disk in a file."""
        return open_disk(self.open(path), disk_format)

    def rooted(self, fstab: str) -> Path:
        """Return a folder with the files of a guest with this fstab."""
        return a_guest(self.made / self.id(), fstab=fstab)

    def folder(self, name: str, **files: str) -> Path:
        """Return a folder with some files at its top."""
        folder = self.made / f"{self.id()}-{name}"
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_text(content)
        return folder

    @property
    def image(self) -> Path:
        return self.made / "disk"


class TestLinux(DiskTest):
    def test_a_guest_without_a_partition_table_is_found(self) -> None:
        disk = self.open_disk_in(self.shared(volumes.ext))

        self.assertEqual((DiskKind.LINUX, "raw", ""), (disk.kind, disk.disk_format, disk.layout.table))
        self.assertEqual([], differences(disk.tree, self.guest))

    def test_the_file_systems_of_fstab_are_mounted(self) -> None:
        guest = self.rooted(
            f"UUID={ROOT_UUID} / xfs defaults 0 1\n"
            f"/dev/disk/by-uuid/{BOOT_UUID} /boot ext4 defaults 0 2\n"
            "UUID=1234-ABCD /boot/efi vfat umask=0077 0 1\n"
            "PARTLABEL=alice /home btrfs subvol=/,nofail 0 0\n"
            "/dev/vda5 none swap sw 0 0\n"
            "LABEL=data /srv\\040data ext4 defaults 0 0\n"
            "/dev/vdb /mnt auto defaults,nofail,comment=cloudconfig 0 2\n"
            "server:/export /nfs nfs defaults 0 0\n"
        )
        (guest / "mnt").mkdir()
        boot, efi = self.folder("boot", vmlinuz="kernel"), self.folder("efi", **{"grub.cfg": "search"})
        home = self.folder("home", note="of alice")
        parts = [
            Part(None, BIOS_BOOT),
            Part(volumes.vfat(self.made / "efi", efi, "-i", "1234ABCD"), EFI_SYSTEM),
            Part(volumes.ext(self.made / "boot", boot, "-U", BOOT_UUID)),
            Part(volumes.xfs(self.made / "root", guest, "-m", f"uuid={ROOT_UUID}"), LINUX_ROOT),
            Part(None, size_mib=1),
            Part(volumes.btrfs(self.made / "home", home), label="alice"),
        ]

        disk = self.open_disk_in(gpt(self.image, parts))

        tree = disk.tree
        self.assertEqual(b"ID=debian\nVERSION_ID=12\n", tree.read("/etc/release"))
        self.assertEqual(
            (b"kernel", b"search", b"of alice"),
            (tree.read("/boot/vmlinuz"), tree.read("/boot/efi/grub.cfg"), tree.read("/home/note")),
        )
        self.assertEqual(((), None), (tree.names("/mnt"), tree.status("/nfs")))
        unreadable = self.assertRaises(Unreadable, tree.names, "/srv data")
        self.assertIn("LABEL=data", unreadable.why)
        self.assertEqual(["LABEL=data"], [entry.source for entry in disk.missing])
        self.assertEqual((True, True), (disk.layout.bios_boot_partition, disk.layout.efi_system_partition))
        assert disk.efi
        self.assertEqual(b"search", disk.efi.read("/GRUB.CFG"))

    def test_the_efi_partition_is_read_without_fstab(self) -> None:
        efi = self.folder("efi", **{"grub.cfg": "search"})
        for number, (fstab, path) in enumerate(
            (("", "/efi"), ("PARTLABEL=esp /boot/efi vfat defaults 0 1\n", "/boot/efi"))
        ):
            with self.subTest(path=path):
                root = volumes.ext(self.made / f"root{number}", a_guest(self.made / f"efi{number}", fstab=fstab))
                parts = [Part(volumes.vfat(self.made / "efi", efi), EFI_SYSTEM, "esp"), Part(root, LINUX_ROOT)]

                tree = self.open_disk_in(gpt(self.image, parts)).tree

                found = [each for each in ("/efi", "/boot/efi") if tree.read(f"{each}/grub.cfg") == b"search"]
                self.assertEqual([path], found)

    def test_an_unclean_file_system_is_named(self) -> None:
        root = volumes.ext(self.made / "root", self.guest, "-O", "^metadata_csum")
        with root.open("r+b") as file:
            file.seek(1024 + 96)  # s_feature_incompat
            (features,) = struct.unpack("<I", file.read(4))
            file.seek(1024 + 96)
            file.write(struct.pack("<I", features | 4))  # needs_recovery

        (sentence,) = self.open_disk_in(mbr(self.image, [Part(root, 0x83)])).unclean_file_systems

        self.assertIn("partition 1: it was not unmounted", sentence)

    def test_a_required_file_system_that_is_missing_is_found(self) -> None:
        lines = {
            "UUID=0-0 /a ext4 defaults 0 2": True,
            "/dev/vdb1 /b ext4 defaults 0 2": True,
            "/dev/disk/by-label/data /c auto rw 0 0": True,
            "/dev/mapper/data-lv /d xfs": True,
            "/dev/vda1 /e ext4 defaults 0 0": False,
            "UUID=0-0 /f ext4 nofail 0 2": False,
            "UUID=0-0 /g ext4 noauto,user 0 0": False,
            "UUID=0-0 /h ext4 defaults,x-systemd.automount 0 0": False,
            "UUID=0-0 /i ext4 _netdev 0 0": False,
            "/dev/disk/by-id/virtio-0815 /j ext4 defaults 0 0": False,
            "/dev/data/lv /k ext4 defaults 0 0": False,
            "UUID=0-0 / ext4 defaults 0 1": False,
            "UUID=0-0 none swap sw 0 0": False,
            "tmpfs /l tmpfs defaults 0 0": False,
            "/dev/sda2 /m ext4 defaults 0 2": True,
            "/dev/xvda2 /n ext4 nofail 0 2": False,
        }
        root = Part(volumes.ext(self.made / "root", self.rooted("\n".join(lines))), LINUX_ROOT)
        damaged = volumes.ext(self.made / "damaged", self.folder("damaged"))
        with damaged.open("r+b") as file:
            file.seek(1024 + 24)
            file.write(b"\xff" * 4)  # s_log_block_size

        without_others = self.open_disk_in(gpt(self.image, [Part(None, BIOS_BOOT), root]))
        beside = self.open_disk_in(gpt(self.image, [root, Part(damaged)]))

        required = [number for number, is_required in enumerate(lines.values(), 1) if is_required]
        self.assertEqual(required, [entry.line for entry in without_others.missing if entry.source != "/dev/vda1"])
        self.assertEqual(["/dev/sda2"], [entry.source for entry in beside.missing])

    def test_the_root_in_a_subvolume_of_a_btrfs_is_found(self) -> None:
        guest = self.rooted("")
        for subvolume in ("@", "root", "@rootfs"):
            with self.subTest(subvolume=subvolume):
                top = self.made / f"{self.id()}{subvolume}"
                top.mkdir()
                guest = guest.rename(top / subvolume)
                (guest / "etc/fstab").write_text(f"UUID={ROOT_UUID} / btrfs subvol={subvolume} 0 0\n")
                image = volumes.btrfs(self.made / "b", top, "-U", ROOT_UUID)

                disk = self.open_disk_in(mbr(self.image, [Part(image, 0x83)]))

                self.assertEqual([], differences(disk.tree, guest))

    def test_a_guest_on_logical_volumes_is_read(self) -> None:
        guest = self.rooted("/dev/mapper/vg-root / ext4 defaults 0 1\n/dev/vg/var /var ext4 defaults 0 2\n")
        root = volumes.ext(self.made / "root", guest, size_mib=16)
        var = volumes.ext(self.made / "var", self.folder("var", log="line"), size_mib=8)
        both = self.made / "both"
        both.write_bytes(root.read_bytes() + var.read_bytes())
        logical = volumes.logical_volume("root", (0, 16, 0)) + volumes.logical_volume("var", (0, 8, 16))
        text = volumes.volume_group("vg", PV_ID, logical, extents=24)
        physical = volumes.physical_volume(self.made / "pv", text, pv_id=PV_ID, content=both, extents=24)

        disk = self.open_disk_in(mbr(self.image, [Part(physical, 0x8E)]))

        self.assertEqual((b"line", True), (disk.tree.read("/var/log"), disk.tree.status("/etc/fstab") is not None))

    def test_a_guest_in_a_qcow2_or_vmdk_is_the_same(self) -> None:
        raw = mbr(self.made / "raw", [Part(self.shared(volumes.ext), 0x83)])
        for to, options in (("qcow2", ("-c",)), ("vmdk", ("-o", "subformat=streamOptimized"))):
            with self.subTest(to=to, options=options):
                volumes.run("qemu-img", "convert", "-f", "raw", "-O", to, *options, raw, self.image)

                disk = self.open_disk_in(self.image, to)

                self.assertEqual([], differences(disk.tree, self.guest))

    def test_of_two_guests_the_one_whose_fstab_names_itself_counts(self) -> None:
        copy = self.rooted(f"UUID={ROOT_UUID} / ext4 defaults 0 1\n")
        parts = [
            Part(self.shared(volumes.ext), 0x83),
            Part(volumes.ext(self.made / "two", copy, "-U", ROOT_UUID), 0x83),
        ]

        disk = self.open_disk_in(mbr(self.image, parts))

        self.assertEqual([], differences(disk.tree, copy))
        self.assertEqual(["partition 1"], list(disk.other_systems))
        self.assertEqual([], differences(disk.other_systems["partition 1"], self.guest))

    def test_two_guests_that_nothing_distinguishes_are_unknown(self) -> None:
        part = Part(self.shared(volumes.ext), 0x83)

        disk = self.open_disk_in(mbr(self.image, [part, part]))

        unreadable = self.assertRaises(Unreadable, lambda: disk.tree)
        self.assertIn("several systems are on the disk (partition 1, partition 2)", unreadable.why)

    def test_opening_a_guest_reads_few_bytes(self) -> None:
        blocks = MemoryBlocks(volumes.ext(self.image, self.guest, size_mib=64).read_bytes())

        open_disk(blocks).tree.read("/etc/release")

        self.assertLess(blocks.bytes_read, MIB)


class TestOthers(DiskTest):
    def test_a_windows_guest_is_recognized(self) -> None:
        efi = self.folder("efi")
        (efi / "EFI/Microsoft/Boot").mkdir(parents=True)
        parts = [Part(volumes.vfat(self.made / "efi", efi), EFI_SYSTEM), Part(None, size_mib=1)]

        disk = self.open_disk_in(gpt(self.image, parts))

        self.assertEqual(DiskKind.WINDOWS, disk.kind)
        self.assertIn("not a Linux guest", self.assertRaises(Unreadable, lambda: disk.tree).why)

    def test_an_installer_is_recognized(self) -> None:
        for write in (disks.iso, disks.isohybrid):
            with self.subTest(write=write):
                write(self.image)

                self.assertEqual(DiskKind.INSTALLER, self.open_disk_in(self.image).kind)

    def test_an_empty_disk_is_empty(self) -> None:
        self.image.write_bytes(bytes(MIB))

        self.assertEqual(DiskKind.NOTHING, self.open_disk_in(self.image).kind)

    def test_a_disk_with_unknown_content_is_unknown_and_not_empty(self) -> None:
        disks.luks(self.image)
        encrypted = self.open_disk_in(self.image)
        disks.raw(self.image)
        unknown = self.open_disk_in(self.image)

        self.assertIn("encrypted (LUKS)", self.assertRaises(Unreadable, lambda: encrypted.kind).why)
        self.assertIn("no known file system was found", self.assertRaises(Unreadable, lambda: unknown.tree).why)

    def test_a_guest_whose_root_is_damaged_is_unknown(self) -> None:
        blocks = MemoryBlocks(mbr(self.image, [Part(self.shared(volumes.ext), 0x83)]).read_bytes())
        blocks.write(MIB + 1024 + 0x68, bytes(8))

        disk = open_disk(blocks)

        self.assertIn("partition 1", self.assertRaises(Unreadable, lambda: disk.kind).why)
