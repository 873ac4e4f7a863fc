"""D306."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from guestinspect.model.disk_drivers import DRIVERS_OF_BUS
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot, Guest, RootDevice
from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, GuestAction, InGuest, SetField, Step, then_recreate
from vscclient.model.image import DISK_BUS, HYPERVISORS, SCSI_MODEL, Image
from vscclient.model.instance import disk_bus_of
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, WARNING, Flaw, GuestRule, by_visibility, suggestion
from vscclient.policy.wording import FIRMWARES

_FIRMWARE = "hw_firmware_type"
_ALWAYS_UEFI = ("aarch64", "arm64", "riscv64")
"""Architectures whose instances have UEFI by default; those of others have a BIOS. Source: Nova,
``virt/libvirt/driver.py``, ``_configure_guest_by_virt_type``."""

_SCSI = "scsi"

_SAFE = re.compile(r"[A-Za-z0-9_./:=,@+-]+", re.ASCII)
"""A parameter or path that a command contains as it is: the guest's files are not trusted."""

_KERNEL = "kernel_id"
"""The property with the image of a kernel: Nova starts it without a boot loader."""


class DiskCanBoot(GuestRule):
    """The disk can boot: the firmware finds a boot loader, ``root=`` leads to a file system, its driver is there.

    Why: an instance that cannot boot still runs and is charged, but nobody can reach it.
    Fix: install the boot loader in the guest, in an instance or with ``virt-customize``, where the disk is
    ``/dev/sda``. For a BIOS: the package ``grub-pc`` and ``grub-install /dev/vda`` (Debian, Ubuntu), ``grub2-pc`` and
    ``grub2-install /dev/vda`` (RHEL family, SUSE), ``grub-bios`` and ``grub-install /dev/vda`` (Alpine). That needs a
    partition table, and on a GPT disk a BIOS boot partition: make a disk without partitions anew. For UEFI, install it
    for removable media: the firmware of a new instance starts only ``EFI/BOOT/BOOTX64.EFI``. A disk that was made for
    UEFI alone needs the property ``hw_firmware_type`` with the value ``uefi``. A data disk does not belong in an
    image: keep it in a volume. Where a wrong ``root=`` is in the boot loader's configuration, write ``root=UUID=…``
    there with the UUID of the root file system: the names of devices differ between machines, and in a container
    ``grub-mkconfig`` finds no UUIDs and writes the device of the machine that builds the image (``/dev/loop0p1``). Do
    not generate the configuration again in such a container. A disk with the name ``/dev/sda`` needs the property
    ``hw_disk_bus`` with the value ``scsi`` or ``sata``, and the driver of that bus in the initramfs. Whether ``root=``
    is right cannot be checked where it is missing, or leads to LUKS, RAID, ZFS or the network. An entry whose
    kernel is not on the disk starts nothing: generate the configuration of the boot loader again. A guest that was made
    on another hypervisor often lacks the driver of this cloud's disks (``virtio_blk``; ``virtio_scsi`` with the
    property ``hw_scsi_model``): add it to the initramfs. Debian: write it to ``/etc/initramfs-tools/modules`` and run
    ``update-initramfs -u -k all``. RHEL family: write ``add_drivers+=" virtio_blk "`` to a file in
    ``/etc/dracut.conf.d`` and run ``dracut -f``.
    """

    code = "D306"
    claims = frozenset((_FIRMWARE, _KERNEL, DISK_BUS, SCSI_MODEL, *HYPERVISORS, "architecture"))
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
            yield from _find_flaw_of_drivers(plan, boot.value)
            yield from _find_flaw_of_root(plan, guest)
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


def _find_flaw_of_root(plan: Plan, guest: Guest) -> Iterator[Flaw]:
    """Yield the flaw of a default boot entry that does not lead to the root file system.

    Raises:
        Unknown: It is not known which file system the entry leads to.
    """
    root = guest.root_device()
    obstacle = root.value.missing or _find_obstacle_of_bus(plan.image, root.value)
    if obstacle:
        yield Flaw(
            message=f"the default boot entry does not lead to the root file system: {obstacle}; "
            f"the root file system is {root.value.guest_volume}",
            location=root.location,
            fix=then_recreate(plan, _correct_root(root.value, root.location)),
        )
    elif root.value.doubt:
        raise Unknown(f"{root.value.doubt} ({root.location})")


def _find_flaw_of_drivers(plan: Plan, boot: Boot) -> Iterator[Flaw]:
    """Yield the flaw of a kernel that certainly has no driver for the disk of an instance."""
    properties = plan.image.properties
    bus = disk_bus_of(plan.image)
    model = properties.get(SCSI_MODEL, "").strip().lower() if bus == _SCSI else bus
    missing = [driver for driver in DRIVERS_OF_BUS.get(model, ()) if driver in boot.missing_drivers]
    if missing:
        names = " and ".join(missing)
        yield Flaw(
            message=f"the kernel cannot read the disk of an instance, which has the bus {bus}: "
            f"the initramfs lacks {names}",
            location=boot.initramfs,
            fix=then_recreate(plan, Advice(f"make the initramfs again with {names}")),
        )


def _find_obstacle_of_bus(image: Image, root: RootDevice) -> str:
    """Return the reason why an instance of the image has no disk of the name that the root has; empty if it has one.

    Raises:
        Unknown: The bus is not known.
    """
    bus = disk_bus_of(image)
    obstacle = root.obstacle_of_bus(bus)
    if obstacle and not bus:
        raise Unknown(f"{obstacle}, and the bus of an instance's disk is not known")
    return obstacle and f"{obstacle}, but the disk of an instance has the bus {bus}"


def _correct_root(root: RootDevice, location: str) -> Step:
    """Return the step that corrects the boot entry: a command, if its text is safe in one."""
    if root.remedy:
        return Advice(root.remedy)
    path = re.sub(":[0-9]+$", "", location)
    if root.wrong and all(_SAFE.fullmatch(text) for text in (root.wrong, root.right or "-", path)):
        end = r"\b" if root.wrong[-1].isalnum() else ""
        expression = f"s|{root.wrong}{end}|{root.right}|g"
        return InGuest(GuestAction.RUN, f"sed -i {shlex.quote(expression)} {path}")
    if root.guest_name:
        return Advice(f"let the default boot entry have {root.guest_name}")
    return Advice("let the default boot entry name the root file system by its UUID")


def _firmware_of_instance(image: Image, guest: Guest) -> str:
    """Return the firmware that the image asks for, else the one that Nova gives for its architecture."""
    requested = image.properties.get(_FIRMWARE, "").strip().lower()
    architecture = image.properties.get("architecture", "").strip().lower() or suggestion(guest.architecture, "")
    return requested or ("uefi" if architecture in _ALWAYS_UEFI else "bios")


def _in_words(firmware: str) -> str:
    return FIRMWARES.get(firmware, firmware)
