"""The machine type of an instance: its PCI bus decides how a guest names its network interfaces (NICs)."""

from __future__ import annotations

from enum import StrEnum


class MachineType(StrEnum):
    """A machine type on which the names of NICs can be forecast."""

    I440FX = "i440fx"
    Q35 = "q35"


DEFAULT_MACHINE = MachineType.I440FX
"""The machine type of an instance if nothing selects another one.

Source: Nova's ``nova/virt/libvirt/utils.py``, get_default_machine_type: ``pc`` for x86.
"""


def family_or_text(text: str) -> str:
    """Return the machine type for a name of QEMU; another text is returned unchanged, for a parser to reject."""
    machine = parse_machine_type(text)
    return text if machine is None else str(machine)


def parse_machine_type(text: str) -> MachineType | None:
    """Return the machine type for a name of QEMU: ``q35``, ``pc-q35-6.2``, ``pc``, ``pc-i440fx-7.2``; None for others.

    Source: libvirt's ``src/qemu/qemu_domain.c``, qemuDomainMachineIsQ35 and qemuDomainMachineIsI440FX.
    """
    if text == "q35" or text.startswith("pc-q35"):
        return MachineType.Q35
    if text in ("pc", "i440fx") or text.startswith(("pc-0.", "pc-1.", "pc-i440", "rhel")):
        return MachineType.I440FX
    return None
