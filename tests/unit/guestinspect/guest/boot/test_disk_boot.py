"""The boot loader of a disk, and the firmware that finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.guest.boot.disk_boot import FirmwareView, find_boot, find_kernels
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot
from tests import base
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.test_architecture import program

KERNEL = "/boot/vmlinuz-6.1.0-9-amd64"
GRUB = {"/boot/grub/i386-pc/normal.mod": b"", KERNEL: b"MZ"}
EFI = {"/EFI/BOOT/BOOTX64.EFI": b"MZ", "/EFI/debian/shimx64.efi": b"MZ"}

MBR = PartitionLayout("mbr", boot_code=True, active_partition=True)
BIOS_ON_GPT = PartitionLayout("gpt", bios_boot_partition=True, boot_code=True)
PLAIN_GPT = PartitionLayout("gpt")


def disk(layout: PartitionLayout, efi: Mapping[str, bytes] | None = None) -> FirmwareView:
    """Return a disk with this layout, and these files on its EFI system partition."""
    return FirmwareView(layout, lambda: None if efi is None else MemoryTree(efi))


class TestBoot(base.BaseTestCase):
    def assertBoots(self, expected: Boot, tree: MemoryTree, view: FirmwareView) -> None:
        self.assertEqual(expected, find_boot(tree, view).value)

    def test_grub_for_a_bios_needs_code_in_the_first_sector(self) -> None:
        self.assertBoots(Boot(("bios",), "grub", (KERNEL,)), MemoryTree(GRUB), disk(MBR))
        self.assertBoots(Boot((), "", (KERNEL,)), MemoryTree(GRUB), disk(PartitionLayout("mbr", active_partition=True)))

    def test_grub_on_a_gpt_needs_a_bios_boot_partition(self) -> None:
        self.assertBoots(Boot(("bios",), "grub", (KERNEL,)), MemoryTree(GRUB), disk(BIOS_ON_GPT))
        self.assertBoots(Boot((), "", (KERNEL,)), MemoryTree(GRUB), disk(PartitionLayout("gpt", boot_code=True)))

    def test_uefi_starts_the_program_with_the_default_name(self) -> None:
        found = find_boot(MemoryTree({KERNEL: b"MZ"}), disk(PLAIN_GPT, EFI))

        self.assertEqual(Boot(("uefi",), "grub", (KERNEL,)), found.value)
        self.assertEqual("EFI system partition, /EFI/BOOT/BOOTX64.EFI", found.location)

    def test_a_disk_may_boot_with_bios_and_uefi(self) -> None:
        self.assertBoots(Boot(("bios", "uefi"), "grub", (KERNEL,)), MemoryTree(GRUB), disk(BIOS_ON_GPT, EFI))

    def test_a_loader_registered_in_another_firmware_is_not_started(self) -> None:
        found = find_boot(MemoryTree(), disk(PLAIN_GPT, {"/EFI/debian/grubx64.efi": b"MZ"}))

        self.assertEqual(Boot((), "grub", ()), found.value)
        self.assertEqual("EFI system partition, /EFI/debian/grubx64.efi", found.location)

    def test_a_loader_with_only_a_configuration_is_not_started(self) -> None:
        self.assertBoots(Boot((), "grub", ()), MemoryTree({"/boot/grub/grub.cfg": ""}), disk(MBR))

    def test_files_for_uefi_without_an_efi_partition_start_nothing(self) -> None:
        tree = MemoryTree(GRUB | {f"/boot/efi{path}": content for path, content in EFI.items()})

        self.assertBoots(Boot(("bios",), "grub", (KERNEL,)), tree, disk(MBR))

    def test_an_unreadable_efi_partition_is_reported(self) -> None:
        def damaged() -> NoReturn:
            raise Unreadable("partition 1", "it is damaged")

        self.assertRaises(Unreadable, find_boot, MemoryTree(GRUB), FirmwareView(MBR, damaged))

    def test_upper_and_lower_case_are_the_same_on_the_efi_partition(self) -> None:
        efi = {"/efi/Boot/bootx64.efi": b"MZ", "/efi/systemd/systemd-bootx64.efi": b"MZ"}

        self.assertBoots(Boot(("uefi",), "systemd-boot", ()), MemoryTree(), disk(PLAIN_GPT, efi))

    def test_a_loader_without_a_vendor_is_called_efi(self) -> None:
        self.assertBoots(Boot(("uefi",), "efi", ()), MemoryTree(), disk(PLAIN_GPT, {"/EFI/BOOT/BOOTAA64.EFI": b"MZ"}))

    def test_extlinux_needs_an_active_partition(self) -> None:
        tree = MemoryTree({"/boot/extlinux/ldlinux.sys": b"x", "/boot/vmlinuz-virt": b"MZ"})

        self.assertBoots(Boot(("bios",), "extlinux", ("/boot/vmlinuz-virt",)), tree, disk(MBR))
        self.assertBoots(Boot((), "", ("/boot/vmlinuz-virt",)), tree, disk(PartitionLayout("mbr", boot_code=True)))

    def test_a_data_disk_does_not_boot(self) -> None:
        found = find_boot(MemoryTree({"/data": "x"}), disk(PartitionLayout("")))

        self.assertEqual((Boot((), "", ()), "no partition table"), (found.value, found.location))

    def test_an_architecture_with_another_firmware_is_unknown(self) -> None:
        self.assertRaises(Unknown, find_boot, MemoryTree({"/usr/bin/ls": program(22, order=">")}), disk(MBR))

    def test_an_unreadable_folder_is_reported(self) -> None:
        tree = MemoryTree({KERNEL: b"MZ"}, unreadable=["/boot/grub/i386-pc"])

        self.assertRaises(Unreadable, find_boot, tree, disk(MBR))


class TestKernels(base.BaseTestCase):
    def test_kernels_are_in_boot_or_beside_their_modules(self) -> None:
        self.assertEqual(
            ("/boot/vmlinuz-lts",), find_kernels(MemoryTree({"/boot/vmlinuz-lts": b"", "/boot/config-1": b""}))
        )
        self.assertEqual(("/vmlinuz",), find_kernels(MemoryTree({"/vmlinuz": b""})))
        in_modules = "/usr/lib/modules/6.9/vmlinuz"
        self.assertEqual((in_modules,), find_kernels(MemoryTree({in_modules: b"", "/usr/lib/modules/5/kernel/": ""})))
