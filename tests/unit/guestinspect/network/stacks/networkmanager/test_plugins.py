"""The plugins by which NetworkManager reads other files than its own."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.network.stacks.networkmanager import configuration as networkmanager_conf
from guestinspect.network.stacks.networkmanager.interfaces import list_devices
from guestinspect.network.stacks.networkmanager.plugins import IFCFG_RH, IFUPDOWN, list_plugins
from tests import base
from tests.trees import MemoryTree
from tests.unit.guestinspect.network.machines import CENTOS_7, DEBIAN_12, ROCKY_10

IFCFG = {"/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\n"}
INTERFACES = "/etc/network/interfaces"
LIBRARIES = "/usr/lib/x86_64-linux-gnu/NetworkManager/1.42.4"


def of(files: dict[str, str]) -> frozenset[str]:
    tree = MemoryTree(files)
    return list_plugins(tree, networkmanager_conf.read_configuration(tree))


class TestPlugins(base.BaseTestCase):
    def test_each_distribution_has_its_own_plugins(self) -> None:
        self.assertEqual({IFCFG_RH}, of({**CENTOS_7, **IFCFG}))
        self.assertEqual({IFUPDOWN}, of({**DEBIAN_12, INTERFACES: ""}))
        self.assertEqual(frozenset(), of({**ROCKY_10, **IFCFG}))

    def test_a_plugin_without_a_file_to_read_does_not_count(self) -> None:
        self.assertEqual(frozenset(), of({"/etc/sysconfig/network-scripts/ifcfg-lo": "DEVICE=lo\n"}))

    def test_only_configured_plugins_count(self) -> None:
        conf = {"/etc/NetworkManager/NetworkManager.conf": "[main]\nplugins=keyfile\n"}

        self.assertEqual(frozenset(), of({**DEBIAN_12, **conf, INTERFACES: ""}))

    def test_a_plugin_without_its_library_does_not_count(self) -> None:
        self.assertEqual(frozenset(), of({**DEBIAN_12, INTERFACES: "", f"{LIBRARIES}/libnm-ppp-plugin.so": ""}))

    def test_a_plugin_in_a_package_of_its_own_is_unknown(self) -> None:
        fedora = {"/etc/os-release": "ID=fedora\nVERSION_ID=40\n"}

        self.assertRaises(Unknown, of, {**fedora, **IFCFG})
        self.assertEqual(frozenset(), of(fedora))

    def test_other_distributions_are_unknown(self) -> None:
        self.assertRaises(Unknown, of, {"/etc/os-release": "ID=openeuler\nVERSION_ID=22\n", **IFCFG})


class TestInterfaces(base.BaseTestCase):
    def test_stanzas_and_the_ports_of_bridges_name_devices(self) -> None:
        content = (
            "# as installed\nauto lo ens9\niface lo inet loopback\n\niface \\\n  ens3 inet dhcp\n"
            "iface br0 inet static\n  bridge_ports ens4 none\n\nmapping hotel\n  script /bin/true\n"
        )

        found = list_devices(MemoryTree({INTERFACES: content}))

        self.assertEqual(
            {"ens3": 5, "ens4": 8, "hotel": 10},
            {name: int(location.rpartition(":")[2]) for name, location in found.items()},
        )

    def test_files_that_are_sourced_count(self) -> None:
        files = {
            INTERFACES: "source /etc/network/interfaces.d/*.cfg\nsource-directory more\n",
            "/etc/network/interfaces.d/a.cfg": "iface ens3 inet dhcp\n",
            "/etc/network/interfaces.d/b.off": "iface ens4 inet dhcp\n",
            "/etc/network/more/c": "iface ens5 inet dhcp\n",
        }

        self.assertEqual({"ens3", "ens5"}, set(list_devices(MemoryTree(files))))

    def test_files_that_source_themselves_are_unknown(self) -> None:
        tree = MemoryTree({INTERFACES: f"source {INTERFACES}\nsource {INTERFACES}\n"})

        self.assertRaises(Unknown, list_devices, tree)
