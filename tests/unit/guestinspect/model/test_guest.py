"""A guest whose disk has another bus than usual."""

from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown, known_fact, unknown_fact
from guestinspect.model.guest import Guest, NicHotplug, Nics, NicsAtBoot, RootDevice
from guestinspect.model.machine import MachineType
from tests import base

ALL = NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), ())
SCSI = RootDevice("/dev/sda1", ("scsi", "sata"))
VIRTIO = RootDevice("/dev/vda1", ("virtio",))
UUID = RootDevice("UUID=1")


def a_guest(root: RootDevice | str) -> Guest:
    """Return a guest with this root, whose NICs come up wherever it starts."""
    known: dict[str, Any] = {"nics_at_boot": known_fact(ALL, ""), "nic_hotplug": known_fact(NicHotplug(True, ()), "")}
    other: dict[str, Any] = {f"other_bus_{name}": known_fact(None, "") for name in known}
    if root is SCSI:
        known, other = (
            dict.fromkeys(known, unknown_fact("it does not start")),
            {f"other_bus_{n}": f for n, f in known.items()},
        )
    q35: dict[str, Any] = {f"q35_{name}": fact for name, fact in known.items()}
    return Guest(
        root_device=unknown_fact(root) if isinstance(root, str) else known_fact(root, "/boot/grub/grub.cfg:2"),
        **known,
        **other,
        **q35,
    )


class TestDiskBus(base.BaseTestCase):
    def test_the_nics_are_known_with_each_bus_with_which_the_guest_starts(self) -> None:
        for root, bus in (
            (SCSI, "scsi"),
            (SCSI, "sata"),
            (VIRTIO, "virtio"),
            (UUID, "virtio"),
            (UUID, "ide"),
            ("", "ide"),
        ):
            with self.subTest(root=root, bus=bus):
                guest = a_guest(root).on_disk_bus(bus)

                self.assertEqual((ALL, True), (guest.nics_at_boot().value, guest.nic_hotplug().value.comes_up))

    def test_the_nics_are_unknown_with_a_bus_with_which_the_guest_does_not_start(self) -> None:
        for root, bus in ((SCSI, "virtio"), (SCSI, "ide"), (VIRTIO, "scsi"), (RootDevice("/dev/nvme0n1", ()), "scsi")):
            with self.subTest(root=root, bus=bus):
                guest = a_guest(root).on_disk_bus(bus)

                for provider in (guest.nics_at_boot, guest.nic_hotplug):
                    why = self.assertRaises(Unknown, provider).why
                    self.assertIn(f"the guest does not start if hw_disk_bus is {bus}: root={root.name} names", why)

    def test_the_nics_of_a_q35_machine_depend_on_the_bus_too(self) -> None:
        virtio = a_guest(VIRTIO).on_disk_bus("virtio").in_machine(MachineType.Q35)

        self.assertEqual(ALL, virtio.nics_at_boot().value)
        for root, bus in ((VIRTIO, "scsi"), (SCSI, "virtio"), (SCSI, "scsi")):
            with self.subTest(root=root, bus=bus):
                guest = a_guest(root).on_disk_bus(bus).in_machine(MachineType.Q35)

                self.assertRaises(Unknown, guest.nics_at_boot)
