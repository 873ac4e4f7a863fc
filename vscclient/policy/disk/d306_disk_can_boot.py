"""D306."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Boot, Guest
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.policy.again import again_by
from vscclient.policy.example import Example, case
from vscclient.policy.guest_rule import GuestRule, suggested
from vscclient.policy.rule import ERROR, WARNING, Flaw, by_visibility, saying

_FIRMWARE = "hw_firmware_type"
_IN_WORDS = {"bios": "a BIOS", "uefi": "UEFI"}
_ALWAYS_UEFI = ("aarch64", "arm64", "riscv64")
"""Architectures whose instances have UEFI if nothing is said; those of others have a BIOS. Source: Nova,
``virt/libvirt/driver.py``, ``_configure_guest_by_virt_type``."""

_KERNEL = "kernel_id"
"""With a kernel of its own, no boot loader is asked."""


class DiskCanBoot(GuestRule):
    """The disk can boot: there is a boot loader, where the firmware of an instance finds it.

    Why: an instance of an image that cannot boot runs, costs, and answers nobody.
    Fix: install the boot loader: ``virt-customize -a FILE --run-command 'grub-install /dev/sda'`` for a BIOS (a GPT
    needs a BIOS boot partition for it), ``grub-install --removable`` for UEFI: a new instance knows no other name than
    ``EFI/BOOT/BOOTX64.EFI``. In a running guest the disk is ``/dev/vda``.
    A disk that is made for UEFI alone needs ``--property hw_firmware_type=uefi``. A disk of data is no image to boot:
    keep it in a volume.
    """

    code = "D306"
    severity = by_visibility(private=WARNING, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case()

    @staticmethod
    def bad() -> Example:
        return case(guest={"boot": Boot(firmware=(), loader="", kernels=())})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        if plan.image.properties.get(_KERNEL):
            return
        found = guest.boot()
        wanted = _firmware(plan.image, guest)
        if wanted not in found.value.firmware:
            message, fix = _other(plan, found.value, wanted)
            yield Flaw(message=message, location=found.location, fix=fix)


def _firmware(image: Image, guest: Guest) -> str:
    """That of an instance: what the image asks for, else what Nova gives."""
    said = image.properties.get(_FIRMWARE, "").strip().lower()
    made_for = image.properties.get("architecture", "").strip().lower() or suggested(guest.architecture, "")
    return said or ("uefi" if made_for in _ALWAYS_UEFI else "bios")


def _other(plan: Plan, found: Boot, wanted: str) -> tuple[str, str]:
    """What is wrong, and how to mend it."""
    gets = _IN_WORDS.get(wanted, wanted)
    if found.firmware:
        able = found.firmware[0]
        message = f"it boots by {_IN_WORDS[able]} only, and an instance of it gets {gets}"
        return message, saying(plan, f"--property {_FIRMWARE}={able}")
    command = "grub-install --removable" if wanted == "uefi" else "grub-install /dev/sda"  # virt-customize's first disk
    fix = again_by(plan, f"virt-customize -a FILE --run-command '{command}'")
    if found.loader:
        return f"its boot loader, {found.loader}, is not where the firmware of a new instance looks for it", fix
    return f"it cannot boot: there is no boot loader for {gets}", fix
