"""The places of a machine's devices on its PCI bus, as Nova and libvirt assign them.

Source: libvirt's ``src/qemu/qemu_domain_address.c``, qemuDomainAssignDevicePCISlots: NICs first, then USB controllers,
disks, the memory balloon and the random number generator. Measured with libvirt 11.3.0 for a domain as Nova 34.0.0
describes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guests.setup import MachineType

_FIRST_PORT_SLOT = 2
_FUNCTIONS = 8


@dataclass(frozen=True, kw_only=True)
class PciLayout:
    """The places of devices, each as the properties of a device of QEMU.

    Args:
        machine: The machine type, as QEMU names it.
        controllers: QEMU's options for the controllers that the machine has not by itself.
        nics: The NICs; the last one is attached later.
        root: The disk of the guest.
        config: The config drive.
        rng: The random number generator.
    """

    machine: str
    controllers: tuple[str, ...]
    nics: tuple[Mapping[str, str], ...]
    root: Mapping[str, str]
    config: Mapping[str, str]
    rng: Mapping[str, str]


def find_layout(machine: MachineType) -> PciLayout:
    """Return the layout of a machine type."""
    return _LAYOUTS[machine]


def device(driver: str, properties: Mapping[str, str]) -> tuple[str, str]:
    """Return QEMU's option for a device."""
    return "-device", ",".join((driver, *(f"{key}={value}" for key, value in properties.items())))


def _root_port(bus: int, function: int) -> tuple[str, ...]:
    """Return QEMU's option for a root port as libvirt writes it: it gives no slot number, so all ports have slot 0."""
    slot, part = divmod(function, _FUNCTIONS)
    first = {"multifunction": "on"} if part == 0 else {}
    address = f"{_FIRST_PORT_SLOT + slot:#x}.{part:#x}"
    port = {"port": f"{0x10 + function:#x}", "chassis": str(bus), "id": f"pci.{bus}", "bus": "pcie.0"}
    return device("pcie-root-port", {**port, **first, "addr": address})


def _on_port(bus: int) -> dict[str, str]:
    return {"bus": f"pci.{bus}", "addr": "0x0"}


_I440FX = PciLayout(
    machine="pc",
    controllers=(),
    nics=tuple({"addr": f"{slot:#x}"} for slot in (3, 4, 5, 6)),
    root={"addr": "0x10"},
    config={"addr": "0x11"},
    rng={"addr": "0x12"},
)
_Q35 = PciLayout(
    machine="q35",
    controllers=tuple(word for bus in range(1, 8) for word in _root_port(bus, bus - 1)),
    nics=tuple(_on_port(bus) for bus in (1, 2, 3, 7)),
    root=_on_port(4),
    config=_on_port(5),
    rng=_on_port(6),
)
"""A machine without a USB controller: one root port for each device, in their order, and a spare one."""

_TABLET_PORTS = (1, 2, 3, 4, 6, 7, 8, 9)
_Q35_TABLET = PciLayout(
    machine="q35",
    controllers=(
        *(word for function, bus in enumerate(_TABLET_PORTS) for word in _root_port(bus, function)),
        *device("pcie-pci-bridge", {"id": "pci.5", **_on_port(1)}),
        *device("piix3-usb-uhci", {"id": "usb", "bus": "pci.5", "addr": "0x1"}),
        *device("usb-tablet", {"bus": "usb.0"}),
    ),
    nics=tuple(_on_port(bus) for bus in (2, 3, 4, 9)),
    root=_on_port(6),
    config=_on_port(7),
    rng=_on_port(8),
)
"""A machine with the USB tablet of Nova's default ``pointer_model``.

For it, Nova asks for a USB controller without a model, and libvirt takes the conventional PCI device piix3-uhci. It is
on a bridge, which gets the first root port. The firmware numbers buses in depth: the first NIC is on bus 3.
"""
_LAYOUTS = {MachineType.I440FX: _I440FX, MachineType.Q35: _Q35, MachineType.Q35_TABLET: _Q35_TABLET}
