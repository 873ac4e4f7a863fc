"""The files that cloud-init writes for the network, and the renderer that it selects."""

from __future__ import annotations

from collections.abc import Mapping

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.network import naming
from guestinspect.network.cloud_init import files as cloud_init_files
from guestinspect.network.cloud_init import package as cloud_init_package
from guestinspect.network.cloud_init.files import MissingNic
from guestinspect.network.cloud_init.package import Renderer
from guestinspect.network.cloud_init.plan import NetworkPlan, NetworkSource
from guestinspect.network.cloud_init.renderers import Details
from tests import base
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    ALPINE,
    CLOUD_INIT_WITHOUT_PACKAGE,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETWORK_MANAGER,
    ROCKY,
    Part,
)

NICS = naming.name_nics(DEBIAN.tree, ()).nics
CLOUD = NetworkPlan(NetworkSource.CLOUD)
PACKAGE = "/usr/lib/python3/dist-packages/cloudinit/net"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "name", "mac_address", "subnets", "match"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def written(plan: NetworkPlan, renderer: Renderer, *distribution: str) -> dict[str, str]:
    files = cloud_init_files.render(plan, renderer, NICS, Details(distribution or ("debian",)))
    return {path: content.decode() for path, content in files.items()}


def guests_own(network: Mapping[str, object]) -> NetworkPlan:
    return NetworkPlan(NetworkSource.GUEST, network=network, location="/etc/cloud/cloud.cfg.d/50.cfg:1")


class TestFiles(base.BaseTestCase):
    def test_the_cloud_lists_the_nics_that_are_there_at_boot(self) -> None:
        for renderer, paths in (
            (Renderer.ENI, ["/etc/network/interfaces.d/50-cloud-init"]),
            (Renderer.NETPLAN, ["/etc/netplan/50-cloud-init.yaml"]),
            (Renderer.NETWORKD, [f"/etc/systemd/network/10-cloud-init-ens{n}.network" for n in (3, 4, 5)]),
            (Renderer.SYSCONFIG, [f"/etc/sysconfig/network-scripts/ifcfg-ens{n}" for n in (3, 4, 5)]),
            (
                Renderer.NETWORK_MANAGER,
                [f"/etc/NetworkManager/system-connections/cloud-init-ens{n}.nmconnection" for n in (3, 4, 5)],
            ),
        ):
            with self.subTest(renderer=renderer, paths=paths):
                self.assertEqual(paths, list(written(CLOUD, renderer)))

    def test_distributions_have_different_paths(self) -> None:
        self.assertEqual(["/etc/network/interfaces"], list(written(CLOUD, Renderer.ENI, "alpine")))
        self.assertEqual(
            ["/etc/network/interfaces.d/50-cloud-init.cfg"], list(written(CLOUD, Renderer.ENI, "ubuntu", "debian"))
        )
        self.assertIn("/etc/sysconfig/network/ifcfg-ens3", written(CLOUD, Renderer.SYSCONFIG, "opensuse-leap", "suse"))

    def test_the_fallback_is_the_first_nic(self) -> None:
        made = written(NetworkPlan(NetworkSource.FALLBACK), Renderer.NETPLAN)["/etc/netplan/50-cloud-init.yaml"]

        self.assertEqual(["ens3"], list(yaml.safe_load(made)["network"]["ethernets"]))

    def test_the_guests_own_configuration_is_rendered(self) -> None:
        nic = {"type": "physical", "name": "ens4", "subnets": [{"type": "static", "address": "10.0.0.2/24"}]}
        plan = guests_own({"version": 1, "config": [nic, {"type": "nameserver", "address": "10.0.0.1"}]})

        self.assertIn("Address=10.0.0.2/24\n", "".join(written(plan, Renderer.NETWORKD).values()))

    def test_an_address_is_written_with_its_prefix_length(self) -> None:
        for text, wanted in (
            ({"netmask": "255.255.252.0"}, "10.0.0.2/22"),
            ({"prefix": 22}, "10.0.0.2/22"),
            ({}, "10.0.0.2/24"),
        ):
            with self.subTest(text=text, wanted=wanted):
                nic = {
                    "type": "physical",
                    "name": "ens4",
                    "subnets": [{"type": "static", "address": "10.0.0.2", **text}],
                }
                made = written(guests_own({"version": 1, "config": [nic]}), Renderer.NETPLAN)

                self.assertIn(wanted, "".join(made.values()))

    def test_an_invalid_netmask_is_unknown(self) -> None:
        nic = {"type": "physical", "name": "a", "subnets": [{"address": "10.0.0.2", "netmask": "255.0.255.0"}]}

        self.assertRaises(Unknown, written, guests_own({"version": 1, "config": [nic]}), Renderer.NETPLAN)

    def test_an_unsupported_interface_is_unknown(self) -> None:
        for network in (
            {"version": 1, "config": [{"type": "bond", "name": "bond0"}]},
            {"version": 1, "config": [{"type": "physical", "name": 3}]},
            {"version": 2, "ethernets": {"a": {"match": {"name": "en*"}}}},
            {"version": 2, "ethernets": {"ens3": {}}, "bridges": {"br0": {"interfaces": ["ens3"]}}},
        ):
            with self.subTest(network=network):
                self.assertRaises(Unknown, written, guests_own(network), Renderer.ENI)

    def test_cloud_init_waits_for_a_nic_that_it_renames(self) -> None:
        foreign = {"macaddress": "52:54:00:12:34:56"}
        waiting = guests_own({"version": 2, "ethernets": {"a": {"match": foreign, "set-name": "lan0"}}})
        others = guests_own({"version": 2, "ethernets": {"a": {"match": foreign}}})

        self.assertRaises(MissingNic, written, waiting, Renderer.NETPLAN)
        self.assertEqual(["/etc/netplan/50-cloud-init.yaml"], list(written(others, Renderer.NETPLAN)))

    @settings(deadline=None)
    @given(VALUES, VALUES, st.sampled_from(list(Renderer)))
    def test_any_configuration_is_rendered_or_unknown(self, one: object, two: object, renderer: Renderer) -> None:
        for network in ({"version": 1, "config": [one, two]}, {"version": 2, "ethernets": {"a": one, "b": two}}):
            try:
                files = written(guests_own(network), renderer)
            except (Unknown, MissingNic):
                continue
            self.assertTrue(all(path.startswith("/etc/") for path in files))


class TestRenderers(base.BaseTestCase):
    def chosen(self, guest: Part) -> Renderer | None:
        tree = (guest | CLOUD_INIT_WITHOUT_PACKAGE).tree
        return cloud_init_package.select_renderer(tree, Units(tree, ()), cloud_config.load(tree)).renderer

    def test_the_first_available_renderer_is_selected(self) -> None:
        for guest, renderer in (
            (DEBIAN | IFUPDOWN | NETPLAN, Renderer.ENI),
            (DEBIAN | NETPLAN | NETWORK_MANAGER, Renderer.NETPLAN),
            (DEBIAN | NETWORK_MANAGER, Renderer.NETWORK_MANAGER),
            (DEBIAN, Renderer.NETWORKD),
            (ALPINE, Renderer.ENI),
            (ROCKY | NETWORK_MANAGER, Renderer.NETWORK_MANAGER),
            (Part({"/etc/os-release": "ID=debian\n"}), None),
        ):
            with self.subTest(guest=guest, renderer=renderer):
                self.assertEqual(renderer, self.chosen(guest))

    def test_older_versions_have_fewer_renderers(self) -> None:
        older = guests.files({f"{PACKAGE}/eni.py": "", f"{PACKAGE}/sysconfig.py": ""})

        self.assertIsNone(self.chosen(DEBIAN | older))

    def test_sysconfig_in_rhel_depends_on_plugin_and_version(self) -> None:
        plugin = guests.files({"/usr/lib64/NetworkManager/1.46.0/libnm-settings-plugin-ifcfg-rh.so": "ELF"})
        modules = guests.files({f"{PACKAGE}/{name}.py": "" for name in ("network_manager", "networkd")})
        versions = {
            "def available_nm(target=None):": Renderer.SYSCONFIG,
            "def available(target=None):": Renderer.NETWORK_MANAGER,
            "def available_nm_ifcfg_rh(target=None):": Renderer.SYSCONFIG,
        }

        for source, renderer in versions.items():
            with self.subTest(source=source, renderer=renderer):
                version = modules | guests.files({f"{PACKAGE}/sysconfig.py": source})
                self.assertEqual(renderer, self.chosen(ROCKY | NETWORK_MANAGER | plugin | version), source)
