"""The files that netplan generates from its YAML."""

from __future__ import annotations

from contextlib import suppress

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.model.fact import Unknown
from guestinspect.network import naming
from guestinspect.network.netplan import generator as netplan
from guestinspect.network.netplan.generator import GeneratedFiles
from guestinspect.network.netplan.yaml_files import merge
from tests import base
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import DEBIAN, NETPLAN

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "dhcp4", "match"]), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(["ethernets", "renderer", "bonds", "bridges", "version", "ens3"])


class NetplanTest(base.BaseTestCase):
    def generated(self, **files: str) -> GeneratedFiles:
        written = {f"/etc/netplan/{name}.yaml": text for name, text in files.items()}
        return netplan.generate((DEBIAN | NETPLAN | guests.files(written)).tree)

    def network_file(self, made: GeneratedFiles, name: str) -> str:
        return made.files[f"/run/systemd/network/10-netplan-{name}.network"].decode()


class TestNetworkd(NetplanTest):
    def test_a_definition_matches_by_name_pattern_or_driver(self) -> None:
        made = self.generated(
            a="network:\n  version: 2\n  ethernets:\n    ens3:\n      dhcp4: true\n"
            "    all:\n      match: {name: 'en*'}\n      dhcp4: yes\n"
            "    fast:\n      match: {driver: [virtio_net, ixgbe]}\n      addresses: [10.0.0.2/24, '2001:db8::1/64']\n"
        )

        self.assertEqual("[Match]\nName=ens3\n[Network]\nDHCP=ipv4\n", self.network_file(made, "ens3"))
        self.assertEqual("[Match]\nName=en*\n[Network]\nDHCP=ipv4\n", self.network_file(made, "all"))
        self.assertEqual(
            "[Match]\nDriver=virtio_net ixgbe\n[Network]\nAddress=10.0.0.2/24\n", self.network_file(made, "fast")
        )

    def test_a_mac_address_needs_no_quotes(self) -> None:
        made = self.generated(
            a="network:\n  ethernets:\n    a:\n      match: {macaddress: 52:54:00:12:34:56}\n      dhcp4: on\n"
        )

        self.assertIn("PermanentMACAddress=52:54:00:12:34:56\n", self.network_file(made, "a"))
        nics = naming.name_nics(DEBIAN.tree, ()).nics
        self.assertEqual(
            [("MAC address 52:54:00:12:34:56", "/etc/netplan/a.yaml:3")],
            [(pin.what, pin.location) for pin in netplan.foreign_pins(made, nics)],
        )

    def test_files_add_to_each_other_in_the_order_of_their_names(self) -> None:
        made = self.generated(
            a="network: {ethernets: {ens3: {dhcp4: true, addresses: [10.0.0.1/24]}}}\n",
            b="network: {ethernets: {ens3: {dhcp4: false, addresses: [10.0.0.2/24]}}}\n",
        )

        self.assertEqual(
            "[Match]\nName=ens3\n[Network]\nAddress=10.0.0.1/24\nAddress=10.0.0.2/24\n", self.network_file(made, "ens3")
        )

    def test_a_definition_that_is_off_stays_down(self) -> None:
        made = self.generated(a="network: {ethernets: {ens3: {dhcp4: true, activation-mode: manual}}}\n")

        self.assertIn("ActivationPolicy=manual\n", self.network_file(made, "ens3"))


class TestOthers(NetplanTest):
    def test_network_manager_gets_a_profile(self) -> None:
        made = self.generated(a="network: {renderer: NetworkManager, ethernets: {ens3: {dhcp4: true}}}\n")

        profile = made.files["/run/NetworkManager/system-connections/netplan-ens3.nmconnection"].decode()
        self.assertIn("interface-name=ens3\n[ethernet]\n[ipv4]\nmethod=auto\n", profile)

    def test_nothing_is_generated_without_the_generator(self) -> None:
        masked = guests.links({"/etc/systemd/system-generators/netplan": "/dev/null"})
        guest = guests.files({"/etc/netplan/a.yaml": "network: {ethernets: {ens3: {dhcp4: true}}}\n"})

        self.assertEqual({}, netplan.generate((DEBIAN | NETPLAN | guest | masked).tree).files)
        self.assertEqual({}, netplan.generate((DEBIAN | guest).tree).files)

    def test_too_many_files_are_unknown(self) -> None:
        many_files = {f"a{number}": "network: {}\n" for number in range(300)}
        names = "".join(f"    a{number}: {{}}\n" for number in range(300))

        self.assertRaises(Unknown, self.generated, **many_files)
        self.assertRaises(Unknown, self.generated, a=f"network:\n  ethernets:\n{names}")
        listed = f"network: {{ethernets: {{ens3: {{addresses: [{'x,' * 600}]}}}}}}\n"
        self.assertRaises(Unknown, self.generated, a=listed, b=listed)

    def test_invalid_yaml_is_unreadable(self) -> None:
        for text in ("network: {", "- 1\n", "network: 1\n", "network: &a [*a]\n", "[" * 100 + "]" * 100):
            with self.subTest(text=text):
                self.assertRaises(Unreadable, self.generated, a=text)


class TestAnything(NetplanTest):
    @settings(deadline=None)
    @given(st.dictionaries(KEYS, VALUES, max_size=4), st.dictionaries(KEYS, VALUES, max_size=4))
    def test_any_yaml_is_rendered_or_unknown(self, one: dict[str, object], two: dict[str, object]) -> None:
        with suppress(Unknown):
            made = self.generated(a=yaml.safe_dump({"network": one}), b=yaml.safe_dump({"network": {"ethernets": two}}))
            self.assertTrue(all(path.startswith("/run/") for path in made.files))

    @settings(deadline=None)
    @given(VALUES, VALUES)
    def test_equal_values_of_two_files_are_merged(self, one: object, two: object) -> None:
        both = merge(one, two)

        self.assertEqual(both, merge(both, two))

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def test_any_bytes_are_rendered_or_unknown(self, content: bytes) -> None:
        with suppress(Unknown):
            self.generated(a=content.decode("latin-1"))
