"""The effect of systemd-networkd on a NIC."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.network import naming
from guestinspect.network.stack import Machine, Method, Stack
from guestinspect.network.stacks import networkd
from tests import base
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import DEBIAN, NETWORKD, Part

FOLDER = "/etc/systemd/network"
DHCP = "[Network]\nDHCP=yes\n"


def machine(guest: Part, *command_line: str) -> Machine:
    tree = guest.tree
    return Machine(tree, Units(tree, command_line), naming.name_nics(tree, command_line).nics, command_line)


class NetworkdTest(base.BaseTestCase):
    def stack(self, guest: Part, *command_line: str) -> Stack:
        found = networkd.find_active(machine(DEBIAN | NETWORKD | guest, *command_line))
        assert found is not None
        return found

    def up(self, text: str, *command_line: str) -> str:
        """Return the names of the NICs that come up with one file."""
        given_machine = machine(DEBIAN | NETWORKD | guests.files({f"{FOLDER}/20.network": text}), *command_line)
        stack = networkd.find_active(given_machine)
        assert stack is not None
        return " ".join(nic.name for nic in given_machine.nics if stack.answer(nic).comes_up)


class TestMatching(NetworkdTest):
    def test_each_key_matches(self) -> None:
        every = "ens3 ens4 ens5 ens6"
        for match, up in (
            ("Name=en*", every),
            ("Name=ens3 ens5", "ens3 ens5"),
            ("Name=eth* ens4", "ens4"),
            ("Name=!ens3\nName=!enp0s3", "ens4 ens5 ens6"),
            ("Driver=virtio_net", every),
            ("Driver=e1000 ixgbe", ""),
            ("Path=pci-0000:00:04.0", "ens4"),
            ("Type=ether", every),
            ("Type=wlan", ""),
            ("Kind=bridge", ""),
            ("Name=*\nKind=!bridge bond\nType=!loopback", every),
            ("Property=ID_BUS=usb", ""),
            ("MACAddress=FA-16-3E-00-00-03", "ens3"),
            ("Name=en*\nVirtualization=yes", every),
            ("Name=en*\nVirtualization=!vm", ""),
            ("Name=en*\nVirtualization=container", ""),
            ("Name=wl*\nHost=node1", ""),
        ):
            with self.subTest(match=match, up=up):
                self.assertEqual(up, self.up(f"[Match]\n{match}\n{DHCP}"), match)

    def test_a_kernel_parameter_matches(self) -> None:
        for word, up in (("multi", "ens3"), ("!multi", ""), ("multi=2", ""), ("multi=1", "ens3")):
            with self.subTest(word=word, up=up):
                self.assertEqual(up, self.up(f"[Match]\nName=ens3\nKernelCommandLine={word}\n{DHCP}", "multi=1"), word)

    def test_conditions_that_are_known_only_at_boot_are_unknown(self) -> None:
        for match in ("Name=en*\nHost=node1", "Name=en*\nVirtualization=kvm", "Name=en*\nArchitecture=x86-64", ""):
            with self.subTest(match=match):
                self.assertRaises(Unknown, self.up, f"[Match]\n{match}\n{DHCP}")

    def test_too_many_patterns_are_unknown(self) -> None:
        self.assertRaises(Unknown, self.up, f"[Match]\nName={'*a*b ' * 1001}\n{DHCP}")

    def test_a_kernel_parameter_for_addresses_is_unknown(self) -> None:
        self.assertRaises(Unknown, self.up, f"[Match]\nName=ens3\n{DHCP}", "ip=dhcp")


class TestMethods(NetworkdTest):
    def test_settings_give_an_address(self) -> None:
        for network, method in (
            ("[Network]\nDHCP=ipv4", Method.DHCP),
            ("[Network]\nDHCP=true", Method.DHCP),
            ("[Network]\nDHCP=ipv6", Method.NONE),
            ("[Network]\nDHCP=no", Method.NONE),
            ("[Network]\nAddress=10.0.0.2/24", Method.STATIC),
            ("[Network]\nAddress=2001:db8::2/64", Method.NONE),
            ("[Network]\nAddress=10.0.0.2/24\nAddress=", Method.NONE),
            ("[Address]\nAddress=10.0.0.2/24", Method.STATIC),
            ("[Link]\nUnmanaged=yes\n[Network]\nDHCP=yes", Method.NONE),
            ("[Link]\nActivationPolicy=manual\n[Network]\nDHCP=yes", Method.NONE),
        ):
            with self.subTest(network=network, method=method):
                stack = self.stack(guests.files({f"{FOLDER}/20.network": f"[Match]\nName=ens3\n{network}\n"}))

                self.assertIs(method, stack.answer(machine(DEBIAN).nics[0]).method, network)

    def test_settings_give_a_default_route(self) -> None:
        for network, has_route in (
            ("DHCP=yes", True),
            ("DHCP=yes\n[DHCPv4]\nUseRoutes=no", False),
            ("DHCP=yes\n[DHCP]\nUseRoutes=false", False),
            ("Address=10.0.0.2/24", False),
            ("Address=10.0.0.2/24\nGateway=10.0.0.1", True),
            ("Address=10.0.0.2/24\n[Route]\nGateway=10.0.0.1", True),
            ("Address=10.0.0.2/24\n[Route]\nGateway=10.0.0.1\nDestination=10.1.0.0/16", False),
        ):
            with self.subTest(network=network, has_route=has_route):
                stack = self.stack(
                    guests.files({f"{FOLDER}/20.network": f"[Match]\nName=ens3\n[Network]\n{network}\n"})
                )

                self.assertIs(has_route, stack.answer(machine(DEBIAN).nics[0]).has_default_route, network)

    def test_parts_of_a_bridge_or_a_bond_are_unknown(self) -> None:
        for key in ("Bridge=br0", "Bond=bond0"):
            with self.subTest(key=key):
                self.assertRaises(Unknown, self.up, f"[Match]\nName=ens3\n[Network]\n{key}\n")


class TestOddValues(NetworkdTest):
    def test_invalid_values_are_ignored(self) -> None:
        for network, up in (
            ("DHCP=yes\nDHCP=maybe", "ens3"),
            ("DHCP=no\nDHCP=maybe", ""),
            ("DHCP=Yes", "ens3"),
            ("DHCP=IPv4", ""),
            ("DHCP=yes\nDHCP=Both", "ens3"),
            ("DHCP=yes\nDHCP=none", ""),
            ("Address=10.0.0.300/24", ""),
            ("Address=10.0.0.5/33", ""),
            ("Address=10.0.0.5/255.255.255.0", ""),
            ("Address=10.0.0.5.6/24\nAddress=10.0.0.5/24", "ens3"),
            ("Address=10.0.0.5", "ens3"),
            ("LinkLocalAddressing=IPv4", ""),
            ("DHCP=yes\n[Link]\nUnmanaged=yes\nUnmanaged=perhaps", ""),
            ("DHCP=yes\n[Link]\nUnmanaged=perhaps", "ens3"),
            ("DHCP=yes\n[Link]\nActivationPolicy=manual\nActivationPolicy=never", ""),
            ("DHCP=yes\n[Link]\nActivationPolicy=Manual", "ens3"),
            ("DHCP=yes\n[Link]\nActivationPolicy=always-up", "ens3"),
        ):
            with self.subTest(network=network, up=up):
                self.assertEqual(up, self.up(f"[Match]\nName=ens3\n[Network]\n{network}\n"), network)

    def test_a_route_is_used_unless_a_word_for_no_forbids_it(self) -> None:
        for setting, has_route in (("UseRoutes=no\nUseRoutes=nope", False), ("UseRoutes=nope", True)):
            with self.subTest(setting=setting, has_route=has_route):
                text = f"[Match]\nName=ens3\n{DHCP}[DHCPv4]\n{setting}\n"
                stack = self.stack(guests.files({f"{FOLDER}/20.network": text}))

                self.assertIs(has_route, stack.answer(machine(DEBIAN).nics[0]).has_default_route, text)

    def test_values_whose_meaning_depends_on_the_version_are_unknown(self) -> None:
        for network in (
            "DHCP=yes\nDHCP=",
            "DHCP=yes\n[Link]\nUnmanaged=yes\nUnmanaged=",
            "DHCP=yes\n[Link]\nActivationPolicy=bound",
            "DHCP=yes\n[DHCPv4]\nDenyList=10.0.0.0/8",
            "DHCP=yes\n[DHCPv4]\nAllowList=192.168.1.1",
            "Address=0.0.0.0/24",
        ):
            with self.subTest(network=network):
                self.assertRaises(Unknown, self.up, f"[Match]\nName=ens3\n[Network]\n{network}\n")

    def test_an_empty_entry_clears_a_list_of_servers(self) -> None:
        self.assertEqual("ens3", self.up(f"[Match]\nName=ens3\n{DHCP}[DHCPv4]\nDenyList=10.0.0.1\nDenyList=\n"))


class TestOtherPrograms(NetworkdTest):
    RULES = "/etc/udev/rules.d/90-mine.rules"

    def answers(self, files: dict[str, str]) -> str:
        text = f"[Match]\nName=ens3 ens4\n{DHCP}"
        given_machine = machine(DEBIAN | NETWORKD | guests.files({f"{FOLDER}/20.network": text, **files}))
        stack = networkd.find_active(given_machine)
        assert stack is not None
        return " ".join(self.answer(stack, given_machine, position) for position in range(3))

    def answer(self, stack: Stack, given_machine: Machine, position: int) -> str:
        try:
            return "yes" if stack.answer(given_machine.nics[position]).comes_up else "no"
        except Unknown as unknown:
            return unknown.why.partition(" ")[0]

    def test_a_rule_that_assigns_a_nic_to_another_program_makes_it_unknown(self) -> None:
        for owner in ("org.freedesktop.NetworkManager", "nobody", ""):
            with self.subTest(owner=owner):
                rule = f'# mine\nSUBSYSTEM=="net", ENV{{INTERFACE}}=="ens4", ENV{{ID_NET_MANAGED_BY}}="{owner}"\n'

                self.assertEqual(f"yes {self.RULES}:2 no", self.answers({self.RULES: rule}))

    def test_the_last_rule_counts(self) -> None:
        rules = (
            'SUBSYSTEM=="net", ENV{ID_NET_MANAGED_BY}="nobody"\n'
            'SUBSYSTEM=="net", KERNEL=="ens3", ENV{ID_NET_MANAGED_BY}="io.systemd.Network"\n'
        )

        self.assertEqual(f"yes {self.RULES}:1 no", self.answers({self.RULES: rules}))

    def test_a_rule_that_assigns_nics_to_networkd_changes_nothing(self) -> None:
        rule = 'SUBSYSTEM=="net", ENV{SOMETHING}=="1", ENV{ID_NET_MANAGED_BY}="io.systemd.Network"\n'

        self.assertEqual("yes yes no", self.answers({self.RULES: rule}))

    def test_a_rule_for_other_nics_or_with_a_condition_only_changes_nothing(self) -> None:
        rules = (
            'SUBSYSTEM=="net", DRIVERS=="mana|mlx5_core", ENV{ID_NET_MANAGED_BY}="unmanaged"\n'
            'SUBSYSTEM=="net", ENV{ID_NET_MANAGED_BY}=="nobody", TAG+="x"\n'
        )

        self.assertEqual("yes yes no", self.answers({self.RULES: rules}))

    def test_a_link_file_may_do_the_same(self) -> None:
        path = f"{FOLDER}/10-mine.link"
        text = "[Match]\nPath=pci-0000:00:04.0\n[Link]\nNamePolicy=slot\nProperty=ID_NET_MANAGED_BY={}\n"

        self.assertEqual(f"yes {path}:5 no", self.answers({path: text.format("nobody")}))
        self.assertEqual("yes yes no", self.answers({path: text.format("io.systemd.Network")}))


class TestFiles(NetworkdTest):
    def test_drop_ins_count(self) -> None:
        guest = guests.files({f"{FOLDER}/20.network": "[Match]\nName=ens3\n", f"{FOLDER}/20.network.d/dhcp.conf": DHCP})

        self.assertTrue(self.stack(guest).answer(machine(DEBIAN).nics[0]).comes_up)

    def test_a_masked_file_does_not_count(self) -> None:
        guest = guests.files({"/usr/lib/systemd/network/20.network": f"[Match]\nName=ens3\n{DHCP}"})
        masked = guests.links({f"{FOLDER}/20.network": "/dev/null"})

        self.assertTrue(self.stack(guest).answer(machine(DEBIAN).nics[0]).comes_up)
        self.assertFalse(self.stack(guest | masked).answer(machine(DEBIAN).nics[0]).comes_up)

    def test_names_of_other_machines_are_pins(self) -> None:
        stack = self.stack(guests.files({f"{FOLDER}/20.network": f"[Match]\nName=eth0 ens3 br0 en*\n{DHCP}"}))

        self.assertEqual([("name eth0", f"{FOLDER}/20.network:2")], [(pin.what, pin.location) for pin in stack.pins()])


class TestAnything(NetworkdTest):
    @settings(deadline=None)
    @given(st.binary(max_size=300))
    def test_any_file_gets_an_answer_or_unknown(self, content: bytes) -> None:
        text = f"[Match]\nName=ens3\n{content.decode('latin-1')}"

        with suppress(Unknown):
            self.up(text)
