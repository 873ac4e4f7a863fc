from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Finding, Outcome
from vscclient.model.fix import Fix, GuestAction, InGuest, SetField
from vscclient.model.visibility import Visibility

UEFI = {"hw_firmware_type": "uefi"}


def found(*firmware: str, loader: str = "grub", says: dict[str, str] | None = None, **more: Any) -> list[Finding]:
    """What is said of a disk that these firmwares can boot, whose image says this."""
    image = {"visibility": Visibility.COMMUNITY, "properties": says or {}} | more
    return findings("D306", image=image, guest={"boot": Boot(firmware, loader, ())})


class TestD306(base.BaseTestCase):
    def test_without_a_boot_loader_it_cannot(self) -> None:
        (one,) = found(loader="")

        self.assertTrue(one.stops)
        self.assertEqual("the disk cannot boot: it has no boot loader for a BIOS", one.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.INSTALL_BOOT_LOADER, "bios")), one.fix)

    def test_uefi_has_to_be_asked_for(self) -> None:
        (one,) = found("uefi")

        self.assertIn("the disk boots with UEFI only, but an instance gets a BIOS", one.message)
        self.assertEqual(Fix.by(SetField("hw_firmware_type", "uefi")), one.fix)
        self.assertEqual([], found("uefi", says=UEFI))

    def test_and_is_not_where_the_disk_is_for_a_bios(self) -> None:
        (one,) = found("bios", says=UEFI)

        self.assertEqual(Fix.by(SetField("hw_firmware_type", "bios")), one.fix)
        self.assertEqual([], found("bios"))

    def test_a_disk_for_both_does_everywhere(self) -> None:
        for says in ({}, UEFI, {"hw_firmware_type": "bios"}):
            with self.subTest(says=says):
                self.assertEqual([], found("bios", "uefi", says=says))

    def test_instances_of_some_architectures_have_uefi(self) -> None:
        self.assertEqual([], found("uefi", says={"architecture": "aarch64"}))

    def test_a_loader_in_the_wrong_place_is_named(self) -> None:
        (one,) = found(says=UEFI)

        self.assertIn("the boot loader, grub, is not where", one.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.INSTALL_BOOT_LOADER, "uefi")), one.fix)

    def test_a_kernel_of_its_own_needs_none(self) -> None:
        self.assertEqual([], found(loader="", says={"kernel_id": "k1"}))

    def test_an_installer_is_not_looked_at(self) -> None:
        self.assertEqual([], found(loader="", disk_format="iso"))

    def test_what_cannot_be_read_is_unknown(self) -> None:
        (one,) = findings("D306", guest={"boot": Unknown("/boot could not be read: it is damaged")})

        self.assertEqual(Outcome.UNKNOWN, one.outcome)
