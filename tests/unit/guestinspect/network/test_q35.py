"""The verdict on guests in a q35 machine, where NICs have other names than in an i440fx machine."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import NicsAtBoot, Pin
from guestinspect.network.verdict import NetworkFacts
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETPLAN_FOR_ALL,
    NETWORK_MANAGER,
    NETWORKD,
    Part,
)
from tests.unit.guestinspect.network.verdicts import VerdictTest


def network(match: str) -> Part:
    """Return systemd-networkd with one file for the NICs that match."""
    return NETWORKD | guests.files({"/etc/systemd/network/20.network": f"[Match]\n{match}\n\n[Network]\nDHCP=yes\n"})


def stanzas(word: str, *names: str) -> Part:
    """Return ifupdown with a stanza for each of these NICs."""
    text = "".join(f"\n{word} {name}\niface {name} inet dhcp\n" for name in names)
    return IFUPDOWN | guests.files({"/etc/network/interfaces": f"auto lo\niface lo inet loopback\n{text}"})


class Q35Test(VerdictTest):
    def assert_on_q35(self, guest: Part, which: str, hotplug: str) -> None:
        facts = self.inspect_guest(guest)
        on_q35 = NetworkFacts(
            **{
                **facts,
                "nics_at_boot": facts["q35_nics_at_boot"],
                "nic_hotplug": facts["q35_nic_hotplug"],
            }
        )
        self.assert_facts(on_q35, which, hotplug)

    def reason(self, guest: Part, fact: str) -> str:
        ask = dict(self.inspect_guest(guest))[fact]
        assert callable(ask)
        return self.assertRaises(Unknown, ask).why

    def on_q35(self, guest: Part) -> NicsAtBoot:
        return self.inspect_guest(guest)["q35_nics_at_boot"]().value


class TestNames(Q35Test):
    def test_a_guest_that_names_its_nics_loses_its_network(self) -> None:
        for guest in (
            DEBIAN | stanzas("auto", "ens3", "ens4", "ens5"),
            DEBIAN | stanzas("allow-hotplug", *(f"ens{slot}" for slot in range(3, 11))),
            DEBIAN | network("Name=ens3 ens4 ens5"),
            DEBIAN | network("Name=enp0s3"),
            DEBIAN | network("Path=pci-0000:00:03.0"),
            DEBIAN
            | NETPLAN
            | NETWORKD
            | guests.files({"/etc/netplan/01.yaml": "network:\n  ethernets:\n    ens3:\n      dhcp4: true\n"}),
        ):
            with self.subTest(guest=guest.files):
                self.assertIn(self.at_boot_in_a_word(guest), ("all", "first"))
                self.assert_on_q35(guest, "none", "no")

    def test_a_pattern_matches_the_nics_of_both_machines(self) -> None:
        for guest in (
            DEBIAN | network("Name=en*"),
            DEBIAN | network("Type=ether"),
            DEBIAN | NETPLAN | CLOUD_INIT | NETPLAN_FOR_ALL,
            DEBIAN | NETWORK_MANAGER,
        ):
            with self.subTest(guest=guest.files):
                self.assert_on_q35(guest, "all", "yes")

        self.assertEqual(("enp1s0", "enp2s0", "enp3s0"), self.on_q35(DEBIAN | network("Name=en*")).names)

    def test_cloud_init_lists_the_nics_of_both_machines(self) -> None:
        for guest in (DEBIAN | IFUPDOWN | CLOUD_INIT, DEBIAN | NETPLAN | CLOUD_INIT):
            self.assert_on_q35(guest, "all", "no")

    def test_the_kernels_names_are_those_of_both_machines(self) -> None:
        kernels = guests.command_line("net.ifnames=0")

        self.assert_on_q35(DEBIAN | stanzas("auto", "eth0") | kernels, "first", "no")
        self.assert_on_q35(DEBIAN | network("Name=eth*") | kernels, "all", "yes")
        self.assertEqual("", self.on_q35(DEBIAN | network("Name=eth*") | kernels).assumes)

    def test_a_name_of_one_layout_only_is_unknown(self) -> None:
        for guest in (
            DEBIAN | stanzas("auto", "enp1s0"),
            DEBIAN | stanzas("auto", "enp1s0", "enp2s0", "enp3s0"),
            DEBIAN | network("Name=enp3s0"),
        ):
            with self.subTest(guest=guest.files):
                self.assert_on_q35(guest, "unknown", "no")

        why = self.reason(DEBIAN | stanzas("auto", "enp1s0"), "q35_nics_at_boot")
        self.assertIn("enp1s0, enp2s0 and enp3s0 (only the first comes up), or enp3s0, enp4s0 and enp5s0", why)
        self.assertIn("(none comes up) if the instance has a conventional PCI device", why)

    def test_the_names_of_all_layouts_are_enough(self) -> None:
        every = DEBIAN | stanzas("allow-hotplug", *(f"enp{bus}s0" for bus in range(1, 11)))

        self.assert_on_q35(every, "all", "yes")
        self.assertEqual("none", self.at_boot_in_a_word(every))

    def test_the_name_of_an_attached_nic_depends_on_the_other_devices(self) -> None:
        for bus in (4, 7, 9):
            some = DEBIAN | stanzas("allow-hotplug", f"enp{bus}s0")

            self.assertIn("depends on the other devices", self.reason(some, "q35_nic_hotplug"))


class TestAssumptions(Q35Test):
    def test_the_machine_is_named_where_names_matter(self) -> None:
        one = DEBIAN | network("Name=ens3")

        found = self.at_boot(one)

        self.assertEqual("the NICs are called ens3, ens4 and ens5, as on an i440fx machine", found.assumes)
        self.assertEqual("none", found.otherwise)
        self.assertEqual("the NICs are called enp1s0, enp2s0 and enp3s0, as on a q35 machine", self.on_q35(one).assumes)
        self.assertEqual("first", self.on_q35(one).otherwise)

    def test_the_verdict_on_the_other_machine_may_be_unknown(self) -> None:
        found = self.at_boot(DEBIAN | stanzas("auto", "ens3", "enp1s0"))

        self.assertIn("as on an i440fx machine", found.assumes)
        self.assertIsNone(found.otherwise)


class TestPins(Q35Test):
    def pins(self, guest: Part, fact: str) -> list[str]:
        ask = dict(self.inspect_guest(guest))[fact]
        assert callable(ask)
        pins: tuple[Pin, ...] = ask().value
        return [pin.what for pin in pins]

    def test_a_name_of_another_machine_is_a_pin(self) -> None:
        old, new = DEBIAN | stanzas("auto", "ens3"), DEBIAN | stanzas("auto", "enp1s0", "enp3s0")

        self.assertEqual(([], ["name ens3"]), (self.pins(old, "pins"), self.pins(old, "q35_pins")))
        self.assertEqual((["name enp1s0", "name enp3s0"], []), (self.pins(new, "pins"), self.pins(new, "q35_pins")))

    def test_a_name_of_a_further_nic_is_not_a_pin(self) -> None:
        guest = DEBIAN | network("Name=enp1s0 enp9s0 ens9")

        self.assertEqual(["name ens9"], self.pins(guest, "q35_pins"))
        self.assertEqual(["name enp1s0", "name enp9s0"], self.pins(guest, "pins"))


class TestVirtio(Q35Test):
    def test_an_old_kernel_may_have_no_driver(self) -> None:
        for version in ("3.16.0-11-amd64", "2.6.32-754.el6.x86_64", "3.10.0-229.el7.x86_64"):
            with self.subTest(version=version):
                old = DEBIAN | network("Name=en*") | guests.files({f"/boot/vmlinuz-{version}": "kernel"})

                self.assert_verdict(old, "all", "yes")
                self.assert_on_q35(old, "unknown", "unknown")
                self.assertIn(f"Linux {version} may have no driver", self.reason(old, "q35_nics_at_boot"))

    def test_a_newer_kernel_has_it(self) -> None:
        for version in ("4.9.0-19-amd64", "3.10.0-1160.el7.x86_64", "6.1.0-18-cloud-amd64"):
            new = DEBIAN | network("Name=en*") | guests.files({f"/boot/vmlinuz-{version}": "kernel"})

            self.assert_on_q35(new, "all", "yes")
