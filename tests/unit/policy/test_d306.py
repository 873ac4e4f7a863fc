from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, findings
from vscclient.model.finding import Finding, Outcome
from vscclient.model.fix import Fix, GuestAction, InGuest, SetField
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
