"""The conditions of a verdict on a guest's NICs."""

from __future__ import annotations

from guestinspect.disk.fstab import FstabEntry
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics
from guestinspect.network import verdict
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import ALPINE, DEBIAN, NETWORKD
from tests.unit.guestinspect.network.verdicts import VerdictTest

EN = guests.files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n"})


class TestFixedAddresses(VerdictTest):
    def test_fixed_addresses_must_be_those_of_the_cloud(self) -> None:
        one = guests.files({"/etc/systemd/network/10.network": "[Match]\nName=ens3\n[Network]\nAddress=10.0.0.5/24\n"})

        found = self.at_boot(DEBIAN | NETWORKD | one | EN)

        expected = "the cloud gives ens3 the same address as the guest's files"
        self.assertEqual((Nics.ALL, True, Nics.NAMED), (found.verdict, expected in found.assumes, found.otherwise))

    def test_one_address_for_all_nics_is_an_assumption(self) -> None:
        one = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=en*\n[Network]\nAddress=10.0.0.5/24\n"})

        found = self.at_boot(DEBIAN | NETWORKD | one)

        expected = "the cloud gives ens3, ens4 and ens5 the same addresses as the guest's files"
        self.assertEqual((Nics.ALL, True), (found.verdict, expected in found.assumes))


class TestMissingFileSystem(VerdictTest):
    MISSING = (FstabEntry(4, "/dev/vdb1", "/data", ("defaults",)),)

    def test_systemd_waits_for_a_missing_file_system(self) -> None:
        facts = verdict.facts_of((DEBIAN | NETWORKD | EN).tree, self.MISSING)

        for ask in (facts["nics_at_boot"], facts["nic_hotplug"]):
            with self.subTest(ask=ask):
                unknown = self.assertRaises(Unknown, ask)
                self.assertIn("/etc/fstab:4 mounts /dev/vdb1 on /data, which is not on this disk", str(unknown))

    def test_a_name_of_another_bus_is_missing_although_the_partition_exists(self) -> None:
        boot = FstabEntry(4, "/dev/sda1", "/boot", ("defaults",))

        unknown = self.assertRaises(Unknown, verdict.facts_of((DEBIAN | NETWORKD | EN).tree, (boot,))["nics_at_boot"])

        self.assertIn("/dev/sda1 on /boot, a name that a disk of the bus virtio does not have", str(unknown))

    def test_another_init_program_does_not_wait(self) -> None:
        facts = verdict.facts_of(ALPINE.tree, self.MISSING)

        self.assertEqual(Nics.NONE, facts["nics_at_boot"]().value.verdict)
