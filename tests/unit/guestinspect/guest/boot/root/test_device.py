"""The root file system of the default boot entry, on disks that the tools of the file systems make."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.blocks import FileBlocks
from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.open_disk import open_disk
from guestinspect.guest.boot.root.device import find_root_device
from guestinspect.guest.boot.root.requirement import needs_other_bus, require_root, require_root_on_any_bus
from guestinspect.model.fact import Unknown, known_fact, unknown_fact
from guestinspect.model.guest import RootDevice
from tests import disks, volumes
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.boot.test_kernel_command_line import unified_kernel
from tests.unit.guestinspect.reading import ReadingTest, a_guest
from tests.volumes import BIOS_BOOT, EFI_SYSTEM, MIB, Part, gpt, mbr, partition_uuid

ROOT_UUID = "1111aaaa-1111-1111-1111-111111111111"
PV_ID = "abcdefghijklmnopqrstuvwxyzABCDEF"
GRUB = "/boot/grub/grub.cfg"
EXTLINUX = "/boot/extlinux/extlinux.conf"
ENTRIES = "/boot/loader/entries"
LOADED = {"/boot/vmlinuz": "MZ", "/boot/initrd.img": "0707"}
DRACUT = {"/usr/bin/dracut": "#!/bin/sh\n"}


def entry(parameters: str) -> dict[str, str]:
    """Return the configuration of a GRUB whose only entry has these parameters."""
    return {GRUB: f"menuentry 'Debian' {{\n  linux /vmlinuz {parameters}\n  initrd /initrd.img\n}}\n"} | LOADED


class RootTest(ReadingTest):
    volumes_of: ClassVar[dict[str, DiskVolumes]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.volumes_of = {}

    def disk(self, name: str) -> DiskVolumes:
        """Return the volumes of a disk that is made once for the tests of a class."""
        if name not in self.volumes_of:
            path = getattr(self, f"make_{name}")(self.made / f"disk-{name}")
            file = path.open("rb")
            self.addClassCleanup(file.close)
            found = open_disk(FileBlocks(file)).volumes
            assert found
            self.volumes_of[name] = found
        return self.volumes_of[name]

    def ext(self, *options: str) -> Path:
        return self.shared(volumes.ext, "-U", ROOT_UUID, "-L", "my root", *options)

    def make_gpt(self, path: Path) -> Path:
        efi = self.made / "efi-files"
        efi.mkdir()
        (efi / "file").write_text("x")
        system = Part(volumes.vfat(self.made / "efi", efi, "-i", "1234ABCD", "-n", "EFI"), EFI_SYSTEM)
        return gpt(path, [Part(None, BIOS_BOOT), system, Part(self.ext(), label="system")])

    def make_mbr(self, path: Path) -> Path:
        return mbr(path, [Part(self.ext(), 0x83)])

    def make_whole(self, path: Path) -> Path:
        path.write_bytes(self.ext().read_bytes())
        return path

    def make_beside_luks(self, path: Path) -> Path:
        disks.luks(self.made / "luks")
        return gpt(path, [Part(self.ext()), Part(self.made / "luks")])

    def make_beside_unknown(self, path: Path) -> Path:
        (self.made / "unknown").write_bytes(b"bcachefs?" * 200_000)
        return gpt(path, [Part(self.ext()), Part(self.made / "unknown")])

    def make_beside_swap(self, path: Path) -> Path:
        swap = self.made / "swap"
        with swap.open("wb") as file:
            file.truncate(MIB)
        volumes.run("mkswap", swap)
        return gpt(path, [Part(self.ext()), Part(swap), Part(None)])

    def make_two(self, path: Path) -> Path:
        fstab = f"UUID={ROOT_UUID} / ext4 defaults 0 1\n"
        own = volumes.ext(self.made / "own", a_guest(self.made / "own-files", fstab=fstab), "-U", ROOT_UUID)
        return mbr(path, [Part(self.shared(volumes.ext, "-L", "old"), 0x83), Part(own, 0x83)])

    def make_twins(self, path: Path) -> Path:
        files = self.made / "twin-files"
        files.mkdir()
        own = self.shared(volumes.ext, "-L", "twin", "-U", ROOT_UUID)
        return mbr(path, [Part(own, 0x83), Part(volumes.ext(self.made / "twin", files, "-L", "twin"), 0x83)])

    def make_btrfs(self, path: Path) -> Path:
        top = self.made / "top"
        top.mkdir()
        a_guest(top / "@")
        return mbr(path, [Part(volumes.btrfs(self.made / "b", top, "-U", ROOT_UUID), 0x83)])

    def make_lvm(self, path: Path) -> Path:
        fstab = "/dev/mapper/vg-root / ext4 defaults 0 1\n"
        guest = a_guest(self.made / "lvm-files", fstab=fstab)
        root = volumes.ext(self.made / "lv", guest, "-U", ROOT_UUID, size_mib=16)
        logical = volumes.logical_volume("root", (0, 16, 0)) + volumes.logical_volume("da-ta", (0, 2, 16))
        text = volumes.volume_group("vg", PV_ID, logical, extents=18)
        physical = volumes.physical_volume(self.made / "pv", text, pv_id=PV_ID, content=root, extents=18)
        return mbr(path, [Part(physical, 0x8E)])

    def root(self, parameters: str, disk: str = "gpt", files: dict[str, str] | None = None) -> RootDevice:
        """Return the root of the default entry with these parameters."""
        return find_root_device(MemoryTree(entry(parameters) | (files or {})), self.disk(disk)).value

    def assertFound(self, parameters: str, disk: str = "gpt", **files: str) -> None:
        root = self.root(parameters, disk, files)

        self.assertEqual(("", ""), (root.missing, root.doubt))

    def assertMissing(self, says: str, parameters: str, disk: str = "gpt", files: dict[str, str] | None = None) -> None:
        self.assertIn(says, self.root(parameters, disk, files).missing)

    def assertDoubtful(self, says: str, parameters: str, disk: str = "gpt") -> None:
        root = self.root(parameters, disk)

        self.assertEqual("", root.missing)
        self.assertIn(says, root.doubt)

    def assertUnknown(self, says: str, parameters: str, disk: str = "gpt") -> None:
        self.assertIn(says, self.assertRaises(Unknown, self.root, parameters, disk).why)


class TestNames(RootTest):
    def test_a_file_system_of_the_disk_is_found_by_each_of_its_names(self) -> None:
        for name in (
            f"UUID={ROOT_UUID}",
            f"PARTUUID={partition_uuid(3)}",
            "PARTLABEL=system",
            f"/dev/disk/by-uuid/{ROOT_UUID}",
            "/dev/disk/by-label/my\\\\x20root",
            "/dev/vda3",
            "/dev/sda3",
            f"PARTUUID={partition_uuid(1)}/PARTNROFF=2",
        ):
            with self.subTest(name=name):
                self.assertFound(f"root={name} ro")
        for name in ("PARTUUID=1234abcd-01", "/dev/vda1"):
            with self.subTest(name=name):
                self.assertFound(f"root={name} ro", "mbr")
        self.assertFound("root=/dev/vda", "whole")

    def test_a_device_of_the_machine_that_built_the_image_is_missing(self) -> None:
        for name, kind in (
            ("/dev/loop0p1", "a loop device"),
            ("/dev/loop12", "a loop device"),
            ("/dev/nbd0p1", "a network block device"),
        ):
            with self.subTest(name=name):
                self.assertMissing(f"root={name} is {kind}, which exists only where", f"root={name} ro")

    def test_a_file_system_that_the_disk_does_not_have_is_missing(self) -> None:
        for name in (
            "UUID=2222aaaa-1111-1111-1111-111111111111",
            "UUID=ABCD-1234",
            "LABEL=cloudimg-rootfs",
            "LABEL=my",
            "/dev/disk/by-label/rootfs",
        ):
            with self.subTest(name=name):
                self.assertMissing(f"root={name} names a file system that is not on the disk", f"root={name} ro")

    def test_a_partition_that_the_disk_does_not_have_is_missing(self) -> None:
        for name in (
            "PARTUUID=00000000-0000-0000-0000-000000000009",
            "PARTLABEL=root",
            f"PARTUUID={partition_uuid(3)}/PARTNROFF=1",
            "/dev/vda5",
        ):
            with self.subTest(name=name):
                self.assertMissing(f"root={name} names a partition that is not on the disk", f"root={name} ro")
        for name in ("PARTUUID=1234abcd-02", "PARTUUID=ffffffff-01", "/dev/vda2"):
            with self.subTest(name=name):
                self.assertMissing("names a partition", f"root={name}", "mbr")
        self.assertMissing("names a partition", "root=/dev/vda1", "whole")
        self.assertMissing("is the whole disk, which has partitions", "root=/dev/vda")

    def test_the_last_of_several_roots_counts(self) -> None:
        self.assertFound(f"root=/dev/loop0p1 ro root=UUID={ROOT_UUID}")
        self.assertMissing("loop", f"root=UUID={ROOT_UUID} ro root=/dev/loop0p1")

    def test_a_label_with_a_space_is_found_but_not_by_every_initramfs(self) -> None:
        self.assertDoubtful("has quotes, spaces or codes", "'root=LABEL=my root' ro")
        self.assertDoubtful("has quotes, spaces or codes", "'root=LABEL=my\\x20root' ro")
        self.assertMissing("root=LABEL=my names", "root=LABEL=my root")

    def test_a_uuid_in_upper_case_is_not_found_by_every_initramfs(self) -> None:
        parameters = f"root=UUID={ROOT_UUID.upper()}"

        self.assertDoubtful("is spelled in another case", parameters)
        self.assertEqual("", self.root(parameters, files=DRACUT).doubt)

    def test_a_name_with_the_bus_of_a_disk_is_noted(self) -> None:
        for name, buses in (
            ("/dev/vda3", ("virtio",)),
            ("/dev/sda3", ("scsi", "sata", "ide", "usb")),
            ("/dev/xvda3", ("xen",)),
            ("/dev/nvme0n1p3", ()),
            ("/dev/mmcblk0p3", ()),
            (f"UUID={ROOT_UUID}", None),
        ):
            with self.subTest(name=name):
                root = self.root(f"root={name}")

                self.assertEqual(buses, root.buses)
                self.assertEqual(buses is None or "virtio" in buses, not root.obstacle_of_bus("virtio"))

    def test_another_disk_is_doubtful(self) -> None:
        for name in ("/dev/vdb1", "/dev/sdc", "/dev/nvme1n1p1"):
            with self.subTest(name=name):
                self.assertDoubtful("names another disk than the first", f"root={name}")

    def test_a_name_that_is_not_understood_is_unknown(self) -> None:
        for name in (
            *("/dev/md0", "/dev/md/root", "/dev/root", "/dev/mapper/mpatha1", "/dev/cciss/c0d0p1"),
            *(
                "/dev/nfs",
                "ZFS=rpool/ROOT",
                "zfs:AUTO",
                "live:CDLABEL=x",
                "nfs:10.0.0.1:/x",
                "gpt-auto",
                "UUID=",
                "uuid=1",
                "",
            ),
        ):
            with self.subTest(name=name):
                self.assertRaises(Unknown, self.root, f"root={name} ro")

    def test_an_entry_without_a_root_is_unknown(self) -> None:
        self.assertUnknown("has no root=, so that the initramfs finds the root file system by itself", "ro quiet")

    def test_a_boot_that_finds_its_root_in_another_way_is_unknown(self) -> None:
        for parameter in (
            *("boot=live", "boot=casper", "boot=nfs", "netroot=iscsi:x", "nfsroot=10.0.0.1:/x", "nbdroot=10.0.0.1,x"),
            *("rd.live.image", "loop=/disks/root.disk", "ostree=/ostree/boot.1/x"),
        ):
            with self.subTest(parameter=parameter):
                self.assertUnknown("finds the root file system in another way", f"root=/dev/loop0 {parameter}")

    def test_the_boot_partition_of_fips_leaves_the_root_in_force(self) -> None:
        self.assertMissing("loop", "root=/dev/loop0p1 fips=1 boot=UUID=1234-5678")


class TestOtherVolumes(RootTest):
    def test_a_volume_that_cannot_be_read_may_be_the_root(self) -> None:
        for disk, says in (
            ("beside_luks", "it is encrypted (LUKS)"),
            ("beside_unknown", "no known file system was found on partition 2"),
        ):
            for name in ("UUID=1", "LABEL=x", "/dev/mapper/root", "/dev/vg/root"):
                with self.subTest(disk=disk, name=name):
                    self.assertUnknown(says, f"root={name}", disk)
            self.assertMissing("", f"root=PARTUUID={partition_uuid(7)}", disk)
            self.assertMissing("loop", "root=/dev/loop0p1", disk)
            self.assertFound(f"root=UUID={ROOT_UUID}", disk)

    def test_swap_and_empty_partitions_have_no_root(self) -> None:
        self.assertMissing("names a file system", "root=UUID=1", "beside_swap")

    def test_a_volume_of_the_device_mapper_that_does_not_exist_is_missing(self) -> None:
        for name in ("/dev/mapper/loop0p1", "/dev/mapper/vg-root", "/dev/vg/root"):
            with self.subTest(name=name):
                self.assertMissing(f"root={name} names a volume that is not on the disk", f"root={name}")

    def test_parameters_that_make_a_device_leave_its_name_unknown(self) -> None:
        for parameter in (
            "rd.luks.uuid=1",
            "cryptdevice=/dev/vda3:root",
            "roothash=12",
            "dm-mod.create=x",
            "rd.md.uuid=1",
        ):
            with self.subTest(parameter=parameter):
                self.assertUnknown("but other parameters may make it", f"root=/dev/mapper/root {parameter}")

    def test_another_system_on_the_disk_is_doubtful(self) -> None:
        self.assertFound(f"root=UUID={ROOT_UUID}", "two")
        self.assertFound("root=/dev/vda2", "two")
        self.assertDoubtful("starts from partition 1 (ext4, UUID=", "root=LABEL=old", "two")
        self.assertDoubtful("but the guest on partition 3 (ext4", "root=UUID=1234-ABCD")

    def test_a_name_that_two_file_systems_have_is_unknown(self) -> None:
        self.assertUnknown("partition 1 and partition 2 have this name", "root=LABEL=twin", "twins")
        self.assertFound(f"root=UUID={ROOT_UUID}", "twins")

    def test_another_type_of_file_system_is_doubtful(self) -> None:
        self.assertDoubtful("rootfstype=xfs, but root=/dev/vda3 is ext4", "root=/dev/vda3 rootfstype=xfs")
        self.assertFound("root=/dev/vda3 rootfstype=ext3,xfs")
        self.assertFound("root=/dev/vda3 rootfstype=auto")


class TestSubvolumes(RootTest):
    def test_a_subvolume_that_exists_is_found(self) -> None:
        for flags in ("subvol=@", "compress=zstd,subvol=/@"):
            with self.subTest(flags=flags):
                self.assertFound(f"root=UUID={ROOT_UUID} rootflags={flags}", "btrfs")

    def test_a_subvolume_that_does_not_exist_is_missing(self) -> None:
        for flags in ("subvol=@rootfs", "noatime,subvol=@/.snapshots/1/snapshot", "subvolid=999"):
            with self.subTest(flags=flags):
                says = f"rootflags={flags} names a subvolume that the file system does not have"
                self.assertMissing(says, f"root=UUID={ROOT_UUID} rootflags={flags}", "btrfs")

    def test_the_subvolume_is_corrected(self) -> None:
        root = self.root("root=/dev/vda1 rootflags=noatime,subvol=@x,ro", "btrfs")

        self.assertEqual(("rootflags=noatime,subvol=@x,ro", "rootflags=noatime,subvol=@,ro"), (root.wrong, root.right))

    def test_a_root_without_its_subvolume_is_doubtful(self) -> None:
        self.assertDoubtful("but the guest on partition 1 (btrfs", f"root=UUID={ROOT_UUID}", "btrfs")
        self.assertDoubtful("but the guest on partition 1 (btrfs", "root=/dev/vda1 rootflags=subvolid=5", "btrfs")

    def test_a_subvolume_of_another_file_system_is_doubtful(self) -> None:
        self.assertDoubtful("names a subvolume, but root=/dev/vda3 is ext4", "root=/dev/vda3 rootflags=subvol=@")


class TestLogicalVolumes(RootTest):
    def test_a_logical_volume_is_found_by_each_of_its_names(self) -> None:
        for name in ("/dev/mapper/vg-root", "/dev/vg/root", f"UUID={ROOT_UUID}"):
            with self.subTest(name=name):
                self.assertFound(f"root={name} rd.lvm.lv=vg/root", "lvm", **DRACUT)

    def test_a_logical_volume_that_does_not_exist_is_missing(self) -> None:
        for name in ("/dev/mapper/rl-root", "/dev/vg/usr", "/dev/mapper/vg-data"):
            with self.subTest(name=name):
                self.assertMissing(f"root={name} names a volume that is not on the disk", f"root={name} ro", "lvm")

    def test_dracut_waits_for_each_logical_volume(self) -> None:
        says, parameters = (
            "rd.lvm.lv=vg/swap names a volume that is not on the disk",
            "root=/dev/vda3 rd.lvm.lv=vg/swap",
        )

        self.assertMissing(says, parameters, files=DRACUT)
        self.assertFound(parameters)
        root = self.root(parameters, files=DRACUT)
        self.assertEqual(("rd.lvm.lv=vg/swap", ""), (root.wrong, root.right))

    def test_dracut_starts_only_the_logical_volumes_that_are_named(self) -> None:
        says = "root=/dev/vg/root is not among the volumes that rd.lvm.lv starts"

        self.assertDoubtful(says, "root=/dev/vg/root rd.lvm.lv=vg/da-ta", "lvm")


class TestBootLoaders(RootTest):
    def assertLoop(self, files: dict[str, str], location: str) -> None:
        found = find_root_device(MemoryTree(files), self.disk("gpt"))

        self.assertIn("root=/dev/loop0p1 is a loop device", found.value.missing)
        self.assertEqual(location, found.location)

    def test_the_default_entry_of_each_boot_loader_counts(self) -> None:
        loop = "root=/dev/loop0p1 ro"
        specification = f"title Linux\nlinux /vmlinuz\noptions {loop}\n"
        grub_with_entries = {"/boot/grub2/grub.cfg": "insmod blscfg\nblscfg\n"}

        self.assertLoop(entry(loop), f"{GRUB}:2")
        self.assertLoop({EXTLINUX: f"DEFAULT l\nLABEL l\n LINUX /v\n APPEND {loop}\n"}, f"{EXTLINUX}:4")
        self.assertLoop({"/efi/loader/entries/a.conf": specification}, "/efi/loader/entries/a.conf:3")
        self.assertLoop(grub_with_entries | {"/boot/loader/entries/a.conf": specification}, f"{ENTRIES}/a.conf:3")
        self.assertLoop({"/boot/grub/menu.lst": f"title a\nkernel /v {loop}\n"}, "/boot/grub/menu.lst:2")

    def test_a_variable_of_the_environment_is_expanded(self) -> None:
        files = {
            "/boot/grub2/grub.cfg": 'if [ -z "$kernelopts" ]; then\nset kernelopts="root=/dev/vda3 ro"\nfi\nblscfg\n',
            "/boot/grub2/grubenv": "# GRUB Environment Block\nkernelopts=root=/dev/loop0p1 ro\n####",
            f"{ENTRIES}/a.conf": "linux /vmlinuz\noptions $kernelopts\n",
        } | LOADED

        self.assertLoop(files, f"{ENTRIES}/a.conf:2")
        root = find_root_device(MemoryTree(files), self.disk("gpt")).value
        self.assertEqual(("", f"root=UUID={ROOT_UUID}"), (root.wrong, root.guest_name))
        del files["/boot/grub2/grubenv"]
        self.assertEqual("", find_root_device(MemoryTree(files), self.disk("gpt")).value.missing)

    def test_the_text_to_replace_is_found_in_the_file(self) -> None:
        root = self.root("root=/dev/loop0p1 ro")

        self.assertEqual(("root=/dev/loop0p1", f"root=UUID={ROOT_UUID}"), (root.wrong, root.right))
        self.assertEqual(f"partition 3 (ext4, UUID={ROOT_UUID})", root.guest_volume)

    def test_a_program_is_not_edited(self) -> None:
        image = unified_kernel("root=/dev/loop0p1 ro")
        entry_in_efi = "linux /vmlinuz\noptions root=/dev/loop0p1 ro\n"

        for files in ({"/boot/efi/EFI/Linux/a.efi": image}, {"/efi/loader/entries/a.conf": entry_in_efi}):
            with self.subTest(files=list(files)):
                root = find_root_device(MemoryTree(files), self.disk("gpt")).value

                self.assertEqual(("", f"root=UUID={ROOT_UUID}"), (root.wrong, root.guest_name))
                self.assertIn("loop", root.missing)

    def test_a_variable_without_a_value_is_unknown(self) -> None:
        self.assertRaises(Unknown, self.root, "root=UUID=$rootuuid ro")
        self.assertRaises(Unknown, self.root, "root=$device ro")

    def test_a_condition_leaves_the_root_unknown(self) -> None:
        grub = entry("root=$device ro")
        grub[GRUB] = "if [ $a ]; then\nset device=/dev/vda3\nelse\nset device=/dev/loop0p1\nfi\n" + grub[GRUB]

        unknown = self.assertRaises(Unknown, find_root_device, MemoryTree(grub), self.disk("gpt"))

        self.assertIn("depends on a condition", unknown.why)

    def test_kernels_under_conditions_have_to_agree(self) -> None:
        both = {GRUB: "menuentry x {\nif [ $a ]; then\nlinux /v root=/dev/loop0p1\nelse\nlinux /v root=FIRST\nfi\n}\n"}

        def found(name: str) -> RootDevice:
            tree = MemoryTree({GRUB: both[GRUB].replace("FIRST", name), "/boot/v": "MZ"})
            return find_root_device(tree, self.disk("gpt")).value

        self.assertIn("loop", found("/dev/nbd0p1").missing)
        self.assertIn("differs between", self.assertRaises(Unknown, found, "/dev/vda3").why)

    def test_many_kernels_are_unknown(self) -> None:
        lines = "".join(f"linux /v root=/dev/loop{number}\n" for number in range(2000))

        for text, says in (
            (lines, "more than 32 kernels may start"),
            (lines.replace("linux", "# x"), "boots no Linux"),
        ):
            with self.subTest(says=says):
                tree = MemoryTree({GRUB: f"menuentry x {{\n{text}}}\n", "/boot/v": "MZ"})
                self.assertIn(says, self.assertRaises(Unknown, find_root_device, tree, self.disk("gpt")).why)

    def test_a_guest_without_a_boot_loader_is_unknown(self) -> None:
        for files in ({}, {"/etc/kernel/cmdline": "root=/dev/loop0p1\n"}):
            with self.subTest(files=files):
                self.assertRaises(Unknown, find_root_device, MemoryTree(files), self.disk("gpt"))
        self.assertRaises(Unknown, find_root_device, MemoryTree(entry("root=/dev/vda1")), None)

    @settings(max_examples=200, deadline=1000)
    @given(st.text(alphabet="/=,.:-\\x20 'abdelmoprtuvwUIDLABEPRT0123456789") | st.text())
    def test_any_text_is_a_root_or_is_unknown(self, text: str) -> None:
        with suppress(Unknown):
            self.root(f"root={text} rootflags=subvol={text} rd.lvm.lv={text}", files=DRACUT)


class TestNics(ReadingTest):
    def test_a_missing_or_doubtful_root_leaves_the_nics_unknown(self) -> None:
        for root, says in (
            (RootDevice("/dev/loop0p1", missing="it is a loop device"), "does not start: it is a loop device (a file)"),
            (RootDevice("/dev/vdb1", doubt="it is another disk"), "may not start: it is another disk (a file)"),
            (
                RootDevice("/dev/sda1", ("scsi", "sata")),
                "if hw_disk_bus is virtio: root=/dev/sda1 names a disk of the bus",
            ),
        ):
            with self.subTest(root=root):
                self.assertIn(says, self.assertRaises(Unknown, require_root, known_fact(root, "a file")).why)

    def test_a_root_that_exists_or_is_unknown_leaves_the_nics_known(self) -> None:
        require_root(known_fact(RootDevice("/dev/vda1", ("virtio",)), "a file"))
        require_root(known_fact(RootDevice("UUID=1"), "a file"))
        require_root(unknown_fact("there is no root="))

    def test_a_root_on_another_bus_is_right_on_that_bus(self) -> None:
        for root, is_other in (
            (RootDevice("/dev/sda1", ("scsi", "sata")), True),
            (RootDevice("/dev/nvme0n1p1", ()), True),
            (RootDevice("/dev/vda1", ("virtio",)), False),
            (RootDevice("UUID=1"), False),
        ):
            with self.subTest(root=root):
                self.assertIs(is_other, needs_other_bus(known_fact(root, "a file")))
                require_root_on_any_bus(known_fact(root, "a file"))
        self.assertFalse(needs_other_bus(unknown_fact("there is no root=")))
        missing = RootDevice("/dev/sda5", ("scsi",), missing="it is not on the disk")
        self.assertRaises(Unknown, require_root_on_any_bus, known_fact(missing, "a file"))
