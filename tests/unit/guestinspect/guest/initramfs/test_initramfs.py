"""The files and drivers in the initramfs of a guest."""

from __future__ import annotations

import struct
from unittest import mock

from guestinspect.disk.overlay import Overlay
from guestinspect.guest.initramfs.disk_drivers import find_boot_with_drivers
from guestinspect.guest.initramfs.initramfs import open_initramfs
from guestinspect.guest.running_tree import RunningTree
from guestinspect.model.fact import TOO_LONG_TO_FETCH, Unknown, known_fact
from guestinspect.model.guest import Boot
from guestinspect.network.tree_cache import CachedTree
from guests.disks.cpio import Member, make_archive, with_folders
from tests import base
from tests.trees import MemoryTree

RELEASE = "6.1.0-9-amd64"
PATH = f"/boot/initrd.img-{RELEASE}"
MODULES = f"/lib/modules/{RELEASE}"
GRUB = f"menuentry 'x' {{\n linux /boot/vmlinuz-{RELEASE} root=/dev/vda1 ro\n initrd {PATH}\n}}\n"
BOOT = Boot(("bios",), "grub", (f"/boot/vmlinuz-{RELEASE}",))
ALL = ("virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod")


def archive(*names: str, release: str = RELEASE) -> bytes:
    """Return an initramfs with modules of these names."""
    return make_archive(with_folders(Member(f"lib/modules/{release}/kernel/{name}") for name in names))


def guest(files: dict[str, str | bytes] | None = None, **archives: bytes) -> MemoryTree:
    """Return a guest whose kernel has no driver built in."""
    usual: dict[str, str | bytes] = {
        "/boot/grub/grub.cfg": GRUB,
        f"/boot/vmlinuz-{RELEASE}": "MZ",
        PATH: archive(*archives),
        f"{MODULES}/modules.builtin": "kernel/fs/ext4/ext4.ko\n",
    }
    return MemoryTree(usual | (files or {}))


class DriversTest(base.BaseTestCase):
    def assert_missing(self, drivers: str, files: dict[str, str | bytes]) -> None:
        tree = guest(files)

        found = find_boot_with_drivers(known_fact(BOOT, "x"), lambda: open_initramfs(tree, 10**6)).value

        self.assertEqual(tuple(drivers.split()), found.missing_drivers)


class TestDrivers(DriversTest):
    def test_a_driver_in_the_initramfs_is_there(self) -> None:
        for suffix in ("ko", "ko.xz", "ko.zst", "ko.gz"):
            with self.subTest(suffix=suffix):
                names = (f"drivers/block/virtio_blk.{suffix}", f"virtio-pci.{suffix}")
                self.assert_missing("virtio_scsi sd_mod", {PATH: archive(*names)})

    def test_a_driver_in_the_kernel_is_there(self) -> None:
        built_in = "".join(f"kernel/drivers/{name}.ko\n" for name in ALL)

        self.assert_missing("", {f"{MODULES}/modules.builtin": built_in, PATH: b"damaged"})

    def test_the_list_in_the_initramfs_counts(self) -> None:
        members = [Member(f"lib/modules/{RELEASE}/modules.builtin", b"kernel/drivers/block/virtio_blk.ko\n")]
        content = make_archive(with_folders(members))
        files: dict[str, str | bytes] = {PATH: content, f"{MODULES}/modules.builtin": ""}

        self.assert_missing("virtio_pci virtio_blk virtio_scsi sd_mod", files)
        tree = MemoryTree({"/boot/grub/grub.cfg": GRUB, PATH: content})
        self.assertEqual(("virtio_pci", "virtio_scsi", "sd_mod"), open_initramfs(tree, 10**6).missing_drivers())

    def test_a_module_of_the_guest_is_not_built_in(self) -> None:
        tree = MemoryTree(
            {
                "/boot/grub/grub.cfg": GRUB,
                PATH: archive(),
                f"{MODULES}/kernel/drivers/block/virtio_blk.ko.xz": "",
            }
        )

        self.assertEqual(("virtio_blk",), open_initramfs(tree, 10**6).missing_drivers())

    def test_nothing_is_certain_without_a_list(self) -> None:
        tree = MemoryTree({"/boot/grub/grub.cfg": GRUB, PATH: archive()})

        self.assertEqual((), open_initramfs(tree, 10**6).missing_drivers())

    def test_modules_of_another_kernel_do_not_count(self) -> None:
        names = ("drivers/block/virtio_blk.ko", "drivers/virtio/virtio_pci.ko")

        self.assert_missing(" ".join(ALL), {PATH: archive(*names, release="5.10.0-1-amd64")})

    def test_a_kernel_without_a_file_may_have_an_initramfs_built_in(self) -> None:
        text = GRUB.replace(f" initrd {PATH}\n", "")

        self.assert_missing("", {"/boot/grub/grub.cfg": text})

    def test_nothing_is_missing_where_the_initramfs_cannot_be_read(self) -> None:
        for content in (b"", b"damaged", b"0707", archive()[:50]):
            with self.subTest(content=content):
                self.assert_missing("" if content else " ".join(ALL), {PATH: content})
        self.assert_missing("", {"/boot/grub/grub.cfg": ""})

    def test_a_long_initramfs_is_not_read(self) -> None:
        tree = guest()

        unknown = self.assertRaises(Unknown, open_initramfs(tree, 10).missing_drivers)

        self.assertIn(f"{PATH} has 0 MiB, {TOO_LONG_TO_FETCH}", unknown.why)

    def test_it_is_read_once(self) -> None:
        initramfs = open_initramfs(guest(), 10**6)

        with mock.patch("guestinspect.guest.initramfs.initramfs.read_archives", return_value=MemoryTree()) as read:
            initramfs.missing_drivers()
            initramfs.has_driver("virtio_net")

        read.assert_called_once()


class TestPaths(DriversTest):
    """The initramfs as boot loaders name it."""

    def assert_found(self, path: str, name: str, more: dict[str, str | bytes] | None = None) -> None:
        files: dict[str, str | bytes] = {"/boot/grub/grub.cfg": GRUB.replace(PATH, name), path: archive()}

        self.assertEqual(path, open_initramfs(MemoryTree(files | (more or {})), 10**6).path)

    def test_paths_of_grub_are_found(self) -> None:
        for path, name in (
            ("/boot/initrd.img", "/boot/initrd.img"),
            ("/boot/initrd.img", "/initrd.img"),
            ("/boot/initrd.img", "(hd0,gpt2)/initrd.img"),
            ("/boot/initrd.img", "($root)/boot/initrd.img"),
            ("/boot/initrd.img", "/@rootfs/boot/initrd.img"),
            ("/boot/efi/x/initrd", "/x/initrd"),
        ):
            with self.subTest(name=name):
                self.assert_found(path, name)

    def test_the_last_of_several_files_is_named(self) -> None:
        self.assert_found("/boot/initrd.img", "/boot/ucode.img /boot/initrd.img", {"/boot/ucode.img": archive()})

    def test_a_variable_without_a_value_is_no_file(self) -> None:
        self.assert_found("/boot/initrd.img", "/boot/initrd.img $tuned_initrd")

    def test_a_file_of_syslinux_is_relative_to_its_folder(self) -> None:
        for text in ("initrd ../initrd.img\n", "append root=1 initrd=../initrd.img ro\n"):
            with self.subTest(text=text):
                files: dict[str, str | bytes] = {
                    "/boot/syslinux/syslinux.cfg": f"label a\nlinux ../vmlinuz\n{text}",
                    "/boot/initrd.img": archive(),
                }
                self.assertIn("initrd.img", open_initramfs(MemoryTree(files), 10**6).path)

    def test_a_missing_file_is_unknown(self) -> None:
        tree = MemoryTree({"/boot/grub/grub.cfg": GRUB})

        self.assertIn("is not in the guest", self.assertRaises(Unknown, open_initramfs, tree, 10**6).why)

    def test_different_files_are_unknown(self) -> None:
        entries = {f"/efi/loader/entries/{n}.conf": f"linux /l\ninitrd /{n}\noptions ro\n" for n in ("a", "b")}

        self.assertIn("names one initramfs", self.assertRaises(Unknown, open_initramfs, MemoryTree(entries), 10).why)

    def test_a_unified_kernel_holds_its_initramfs(self) -> None:
        content = archive("virtio_blk.ko")
        names = [(b".cmdline", 512, 16), (b".initrd", 1024, len(content))]
        header = b"PE\0\0" + struct.pack("<HH12xHH", 0x8664, len(names), 16, 0) + bytes(16)
        table = b"".join(struct.pack("<8sIIII16x", name, size, 0, size, at) for name, at, size in names)
        head = (b"MZ" + bytes(58) + struct.pack("<I", 64) + header + table).ljust(512, b"\0")
        path = "/boot/efi/EFI/Linux/debian.efi"
        tree = MemoryTree({path: head + b"root=/dev/vda1".ljust(512, b"\0") + content})

        initramfs = open_initramfs(tree, 10**6)

        self.assertEqual(path, initramfs.path)
        self.assertIs(True, initramfs.has_driver("virtio_blk"))


class TestParts(base.BaseTestCase):
    """Parts of long files, in each tree through which an initramfs may be read."""

    def test_each_tree_returns_a_part_of_a_file(self) -> None:
        below = MemoryTree({"/boot/a": "0123456789"})
        for tree in (RunningTree(below), Overlay(below, {}), Overlay(MemoryTree({}), {"/boot/a": b"0123456789"})):
            with self.subTest(tree=tree):
                self.assertEqual(b"234", tree.part("/boot/a", 2, 3))
                self.assertEqual(b"89", tree.part("/boot/a", 8, 30))
                self.assertEqual(b"", tree.part("/boot/a", 30, 3))
                self.assertIsNone(tree.part("/boot/b", 0, 3))
        self.assertEqual(b"01", CachedTree(below).part("/boot/a", 0, 2))
        self.assertIsNone(RunningTree(MemoryTree({"/run/a": "0"})).part("/run/a", 0, 1))
