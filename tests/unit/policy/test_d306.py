from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import fixtures

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot, RootDevice
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, findings
from vscclient.model.finding import Finding, Outcome
from vscclient.model.fix import Advice, Fix, GuestAction, InGuest, Recreate, SetField
from vscclient.model.visibility import Recipients, Visibility
from vscclient.policy.example import MINE

UEFI = {"hw_firmware_type": "uefi"}


def found(*firmware: str, loader: str = "grub", properties: dict[str, str] | None = None, **more: Any) -> list[Finding]:
    """Return the findings about a disk that these firmwares can boot, whose image has these properties."""
    image = {"visibility": Visibility.COMMUNITY, "properties": properties or {}} | more
    return findings("D306", image=image, guest={"boot": Boot(firmware, loader, ())})


class TestD306(base.BaseTestCase):
    def test_a_disk_without_a_boot_loader_cannot_boot(self) -> None:
        (one,) = found(loader="")

        self.assertTrue(one.stops)
        self.assertEqual("the disk cannot boot: it has no boot loader for a BIOS", one.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.INSTALL_BOOT_LOADER, "bios")), one.fix)

    def test_a_disk_for_uefi_needs_the_property(self) -> None:
        (one,) = found("uefi")

        self.assertIn("the disk boots with UEFI only, but an instance gets a BIOS", one.message)
        self.assertEqual(Fix.by(SetField("hw_firmware_type", "uefi")), one.fix)
        self.assertEqual([], found("uefi", properties=UEFI))

    def test_a_disk_for_a_bios_does_not_boot_with_uefi(self) -> None:
        (one,) = found("bios", properties=UEFI)

        self.assertEqual(Fix.by(SetField("hw_firmware_type", "bios")), one.fix)
        self.assertEqual([], found("bios"))

    def test_a_disk_for_both_boots_with_each_firmware(self) -> None:
        for properties in ({}, UEFI, {"hw_firmware_type": "bios"}):
            with self.subTest(properties=properties):
                self.assertEqual([], found("bios", "uefi", properties=properties))

    def test_instances_of_some_architectures_have_uefi(self) -> None:
        self.assertEqual([], found("uefi", properties={"architecture": "aarch64"}))

    def test_a_loader_in_the_wrong_place_is_named(self) -> None:
        (one,) = found(properties=UEFI)

        self.assertIn("the boot loader, grub, is not where", one.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.INSTALL_BOOT_LOADER, "uefi")), one.fix)

    def test_an_image_with_a_kernel_needs_no_boot_loader(self) -> None:
        kernel = {"image": {"properties": {"kernel_id": "k1"}}, "guest": {"boot": Boot((), "", ())}}
        exists = {"k1": Recipients(visibility=Visibility.COMMUNITY, owner=MINE)}

        self.assertEqual([], findings("D306", **kernel, reaches=exists))
        self.assertEqual(1, len(findings("D306", **kernel, reaches={})))

    def test_an_image_that_is_named_as_its_own_kernel_needs_a_boot_loader(self) -> None:
        itself = {"properties": {"kernel_id": "k1"}, "id": "k1"}
        exists = {"k1": Recipients(visibility=Visibility.COMMUNITY, owner=MINE)}

        self.assertEqual(1, len(findings("D306", image=itself, guest={"boot": Boot((), "", ())}, reaches=exists)))

    def test_an_installer_is_not_checked(self) -> None:
        self.assertEqual([], findings("D306", image={"disk_format": "iso"}, disk=ISO, guest=INSTALLER))

    def test_an_unreadable_boot_loader_is_unknown(self) -> None:
        (one,) = findings("D306", guest={"boot": Unknown("/boot could not be read: it is damaged")})

        self.assertEqual(Outcome.UNKNOWN, one.outcome)


LOOP = RootDevice(
    "/dev/loop0p1",
    missing="root=/dev/loop0p1 is a loop device",
    guest_volume="partition 1 (ext4, UUID=1-2)",
    guest_name="root=UUID=1-2",
    wrong="root=/dev/loop0p1",
    right="root=UUID=1-2",
)
SCSI = RootDevice("/dev/sda1", ("scsi", "sata", "ide", "usb"), guest_name="root=UUID=1-2")


class TestRoot(base.BaseTestCase):
    def found(
        self, root: RootDevice | Unknown, properties: dict[str, str] | None = None, **image: Any
    ) -> list[Finding]:
        """Return the findings about a community image whose default boot entry has this root."""
        image = {"visibility": Visibility.COMMUNITY, "properties": properties or {}} | image
        return findings("D306", image=image, guest={"root_device": root})

    def test_a_missing_root_stops_the_plan(self) -> None:
        (one,) = self.found(LOOP)

        self.assertTrue(one.stops)
        self.assertEqual(
            "the default boot entry does not lead to the root file system: root=/dev/loop0p1 is a loop device; "
            "the root file system is partition 1 (ext4, UUID=1-2)",
            one.message,
        )

    def test_a_disk_without_a_boot_loader_is_one_finding(self) -> None:
        guest = {"root_device": LOOP, "boot": Boot((), "", ())}

        (one,) = findings("D306", guest=guest)

        self.assertIn("it has no boot loader", one.message)

    def test_a_root_that_cannot_be_checked_is_unknown(self) -> None:
        for root in (Unknown("there is no root="), RootDevice("/dev/vdb1", doubt="it is another disk")):
            with self.subTest(root=root):
                (one,) = self.found(root)

                self.assertEqual(Outcome.UNKNOWN, one.outcome)

    def test_the_bus_of_the_image_decides_about_the_name_of_a_disk(self) -> None:
        says = "root=/dev/sda1 names a disk of the bus scsi, sata, ide or usb, but the disk of an instance has the bus"
        for properties, bus in (
            ({}, "virtio"),
            ({"hw_disk_bus": "virtio"}, "virtio"),
            ({"hw_disk_bus": "xen"}, "xen"),
            ({"hypervisor_type": "kvm"}, "virtio"),
        ):
            with self.subTest(properties=properties):
                (one,) = self.found(SCSI, properties)

                self.assertIn(f"{says} {bus};", one.message)
                self.assertTrue(one.stops)
        for bus in ("scsi", "sata", "ide", "usb", " SATA"):
            with self.subTest(bus=bus):
                self.assertEqual([], self.found(SCSI, {"hw_disk_bus": bus}))

    def test_a_virtio_disk_does_not_exist_on_another_bus(self) -> None:
        virtio = RootDevice("/dev/vda1", ("virtio",))

        self.assertEqual([], self.found(virtio))
        self.assertEqual(1, len(self.found(virtio, {"hw_disk_bus": "scsi"})))
        self.assertEqual(1, len(self.found(RootDevice("/dev/nvme0n1p1", ()), {"hw_disk_bus": "scsi"})))

    def test_an_unknown_bus_leaves_the_root_unknown(self) -> None:
        for properties in ({"hw_disk_bus": "virtoi"}, {"hypervisor_type": "baremetal"}, {"img_hv_type": "xen"}):
            with self.subTest(properties=properties):
                (one,) = self.found(SCSI, properties)

                self.assertEqual(Outcome.UNKNOWN, one.outcome)

    def test_a_name_without_a_bus_is_right_on_each(self) -> None:
        for bus in ("virtio", "scsi", "virtoi"):
            self.assertEqual([], self.found(RootDevice("UUID=1-2"), {"hw_disk_bus": bus}))

    def test_the_fix_changes_the_parameter_in_its_file(self) -> None:
        for wrong, right, before, after in (
            (
                "root=/dev/loop0p1",
                "root=UUID=1-2",
                "root=/dev/loop0p1 ro root=/dev/loop0p12",
                "root=UUID=1-2 ro {rest}",
            ),
            ("rd.lvm.lv=vg/swap", "", "ro rd.lvm.lv=vg/swap quiet", "ro  quiet"),
            ("rootflags=subvol=@x", "rootflags=subvol=@", "rootflags=subvol=@x", "rootflags=subvol=@"),
        ):
            with self.subTest(wrong=wrong), tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "grub.cfg"
                file.write_text(f" linux /vmlinuz {before}\n linux /old {before}\n")
                self.useFixture(fixtures.MonkeyPatch("vscclient.policy.example._LOCATION", f"{file}:1"))
                root = RootDevice("x", missing="it is missing", wrong=wrong, right=right)

                (one,) = findings("D306", guest={"root_device": root})

                ((step,),) = one.fix.alternatives
                assert isinstance(step, InGuest)
                self.assertEqual((GuestAction.RUN, f"{file}:1"), (step.action, one.location))
                subprocess.run(["sh", "-c", step.target], check=True)
                expected = after.format(rest="root=/dev/loop0p12")
                self.assertEqual(f" linux /vmlinuz {expected}\n linux /old {expected}\n", file.read_text())

    def test_a_text_that_a_shell_would_run_is_not_in_a_command(self) -> None:
        for wrong in ("root=/dev/x;reboot", "root=$(reboot)", "root=/dev/a|b", "root=a'b", ""):
            with self.subTest(wrong=wrong):
                root = RootDevice(
                    "x", missing="it is missing", guest_name="root=UUID=1-2", wrong=wrong, right="root=UUID=1-2"
                )

                (one,) = findings("D306", guest={"root_device": root})

                self.assertEqual(Fix.by(Advice("let the default boot entry have root=UUID=1-2")), one.fix)

    def test_a_missing_kernel_needs_another_configuration(self) -> None:
        root = RootDevice("x", missing="its kernel /boot/vmlinuz-5.10 is not on the disk", remedy="generate it again")

        (one,) = findings("D306", guest={"root_device": root})

        self.assertIn("its kernel /boot/vmlinuz-5.10 is not on the disk", one.message)
        self.assertEqual(Fix.by(Advice("generate it again")), one.fix)

    def test_an_image_in_the_cloud_is_made_anew(self) -> None:
        (one,) = findings("D306", before={}, image={"size_bytes": 1, "id": "1"}, guest={"root_device": LOOP})

        self.assertIn(Recreate(), one.fix.alternatives[0])


class TestDrivers(base.BaseTestCase):
    """The driver of the disk in the initramfs."""

    SCSI_ALONE = Boot(("bios",), "grub", (), "/boot/initrd.img", ("virtio_blk",))
    NOTHING = Boot(("bios",), "grub", (), "/boot/initrd.img", ("virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod"))

    def found(self, boot: Boot, **properties: str) -> list[Finding]:
        """Return the findings about a community image with this boot and these properties."""
        image = {"visibility": Visibility.COMMUNITY, "properties": properties}
        return findings("D306", image=image, guest={"boot": boot})

    def test_a_missing_driver_stops_the_plan(self) -> None:
        (one,) = self.found(self.SCSI_ALONE)

        self.assertTrue(one.stops)
        self.assertEqual(
            "the kernel cannot read the disk of an instance, which has the bus virtio: the initramfs lacks virtio_blk",
            one.message,
        )
        self.assertEqual("/boot/initrd.img", one.location)
        self.assertIn("make the initramfs again with virtio_blk", str(one.fix))

    def test_the_bus_of_the_image_decides_about_the_driver(self) -> None:
        for boot, properties, drivers in (
            (self.SCSI_ALONE, {"hw_disk_bus": "virtio"}, "virtio_blk"),
            (self.SCSI_ALONE, {"hw_disk_bus": "scsi", "hw_scsi_model": "virtio-scsi"}, ""),
            (self.NOTHING, {"hw_disk_bus": "scsi", "hw_scsi_model": "virtio-scsi"}, "virtio_pci and virtio_scsi and"),
            (self.NOTHING, {"hw_disk_bus": "scsi"}, ""),
            (self.NOTHING, {"hw_disk_bus": "sata"}, ""),
            (self.NOTHING, {"hypervisor_type": "xen"}, ""),
        ):
            with self.subTest(properties=properties):
                found = self.found(boot, **properties)

                self.assertEqual(bool(drivers), bool(found))
                self.assertTrue(all(drivers in one.message for one in found))
