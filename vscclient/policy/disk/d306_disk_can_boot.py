"""D306."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Boot, Guest
from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, GuestAction, InGuest, SetField, then_recreate
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, WARNING, Flaw, GuestRule, by_visibility, suggestion
from vscclient.policy.wording import FIRMWARES

_FIRMWARE = "hw_firmware_type"
_ALWAYS_UEFI = ("aarch64", "arm64", "riscv64")
"""Architectures whose instances have UEFI by default; those of others have a BIOS. Source: Nova,
``virt/libvirt/driver.py``, ``_configure_guest_by_virt_type``."""

_KERNEL = "kernel_id"
"""The property with the image of a kernel: Nova starts it without a boot loader."""


class DiskCanBoot(GuestRule):
    """The disk can boot: it has a boot loader where the firmware of an instance finds it.

    Why: an instance that cannot boot still runs and is charged, but nobody can reach it.
    Fix: install the boot loader in the guest. For a BIOS, a GPT disk needs a BIOS boot partition. For UEFI, install
    it for removable media: the firmware of a new instance starts only ``EFI/BOOT/BOOTX64.EFI``. A disk that was
    made for UEFI alone needs the property ``hw_firmware_type`` with the value ``uefi``. A data disk does not belong in
    an image: keep it in a volume.
    """

    code = "D306"
    claims = frozenset((_FIRMWARE, _KERNEL, "architecture"))
    severity = by_visibility(private=WARNING, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case()

    @staticmethod
    def bad() -> Example:
        return case(guest={"boot": Boot(firmware=(), loader="", kernels=())})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        kernel = plan.image.properties.get(_KERNEL)
        # A kernel that is missing, or is the image itself, boots nothing.
        if not kernel or kernel == plan.image.id or facts.reach_of(kernel).value is None:
            yield from super().check(plan, facts)

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        boot = guest.boot()
        firmware = _firmware_of_instance(plan.image, guest)
        if firmware in boot.value.firmware:
            return
        if boot.value.firmware:
            other = boot.value.firmware[0]
            message = f"the disk boots with {FIRMWARES[other]} only, but an instance gets {_in_words(firmware)}"
            fix = Fix.by(SetField(_FIRMWARE, other))
        else:
            message = f"the disk cannot boot: it has no boot loader for {_in_words(firmware)}"
            if loader := boot.value.loader:
                message = f"the boot loader, {loader}, is not where the firmware of a new instance looks for it"
            fix = then_recreate(plan, InGuest(GuestAction.INSTALL_BOOT_LOADER, firmware))
        yield Flaw(message=message, location=boot.location, fix=fix)


def _firmware_of_instance(image: Image, guest: Guest) -> str:
    """Return the firmware that the image asks for, else the one that Nova gives for its architecture."""
    requested = image.properties.get(_FIRMWARE, "").strip().lower()
    architecture = image.properties.get("architecture", "").strip().lower() or suggestion(guest.architecture, "")
    return requested or ("uefi" if architecture in _ALWAYS_UEFI else "bios")


def _in_words(firmware: str) -> str:
    return FIRMWARES.get(firmware, firmware)
