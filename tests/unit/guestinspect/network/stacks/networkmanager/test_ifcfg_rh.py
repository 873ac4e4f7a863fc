"""The NICs that NetworkManager brings up by ifcfg files, in RHEL and its relatives."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.network.stack import Machine
from guestinspect.network.stacks.networkmanager import stack as networkmanager
from tests.unit.guestinspect.network.machines import CENTOS_7, ROCKY_8, ROCKY_9, ROCKY_10, StackTest, a_machine

SCRIPTS = "/etc/sysconfig/network-scripts"
CONF = "/etc/NetworkManager/NetworkManager.conf"
SERVER = {"/usr/lib/NetworkManager/conf.d/00-server.conf": "[main]\nno-auto-default=*\nignore-carrier=*\n"}
EMPTY_CONF = {CONF: "[main]\n#plugins=keyfile,ifcfg-rh\n\n[logging]\n"}
ETH0 = (
    'TYPE="Ethernet"\nBOOTPROTO="dhcp"\nDEFROUTE="yes"\nNAME="System ens3"\n'
    'UUID="aaaa-1"\nDEVICE="ens3"\nONBOOT="yes"\n'
)


def of_cloud_init(name: str, mac: str) -> str:
    """Return the file that cloud-init writes for a NIC in RHEL 7 to 9."""
    return (
        "# Created by cloud-init on instance boot automatically, do not edit.\n#\n"
        f"BOOTPROTO=dhcp\nDEVICE={name}\nHWADDR={mac}\nONBOOT=yes\nTYPE=Ethernet\nUSERCTL=no\n"
    )


class TestIfcfgFiles(StackTest):
    def machine(self, files: Mapping[str, str], release: Mapping[str, str] = ROCKY_8) -> Machine:
        return a_machine({**release, **EMPTY_CONF, **SERVER, **files}, started="NetworkManager")

    def assert_nics(self, at_boot: str, later: str, files: Mapping[str, str]) -> None:
        machine = self.machine(files)
        self.assert_up(at_boot, later, networkmanager.find_active(machine), machine)

    def test_the_files_of_cloud_init_bring_up_their_nics(self) -> None:
        nics = self.machine({}).nics
        files = {f"{SCRIPTS}/ifcfg-{nic.name}": of_cloud_init(nic.name, nic.mac) for nic in nics[:3]}

        self.assert_nics("ens3 ens4 ens5", "no", files)

    def test_without_the_server_package_a_later_nic_comes_up_too(self) -> None:
        nics = self.machine({}).nics
        files = {f"{SCRIPTS}/ifcfg-{nic.name}": of_cloud_init(nic.name, nic.mac) for nic in nics[:3]}
        machine = a_machine({**ROCKY_8, **EMPTY_CONF, **files}, started="NetworkManager")

        self.assert_up("ens3 ens4 ens5", "yes", networkmanager.find_active(machine), machine)

    def test_a_file_for_a_mainframe_brings_nothing_up(self) -> None:
        self.assert_nics("", "no", {f"{SCRIPTS}/ifcfg-ens3": f"{ETH0}SUBCHANNELS=0.0.0600,0.0.0601,0.0.0602\n"})

    def test_a_file_of_another_machine_brings_nothing_up(self) -> None:
        content = of_cloud_init("ens3", "52:54:00:12:34:56")
        machine = self.machine({f"{SCRIPTS}/ifcfg-ens3": content})
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assert_up("", "no", stack, machine)
        self.assertEqual(
            [("MAC address 52:54:00:12:34:56", f"{SCRIPTS}/ifcfg-ens3:5")],
            [(pin.what, pin.location) for pin in stack.pins()],
        )

    def test_centos_7_reads_them(self) -> None:
        conf = {CONF: "[main]\nplugins=ifcfg-rh,ibft\n"}
        machine = a_machine({**CENTOS_7, **SERVER, **conf, f"{SCRIPTS}/ifcfg-ens3": ETH0}, started="NetworkManager")

        self.assert_up("ens3", "no", networkmanager.find_active(machine), machine)

    def test_rocky_9_reads_them(self) -> None:
        machine = self.machine({f"{SCRIPTS}/ifcfg-ens3": ETH0}, ROCKY_9)

        self.assert_up("ens3", "no", networkmanager.find_active(machine), machine)

    def test_rocky_10_does_not_read_them(self) -> None:
        machine = self.machine({f"{SCRIPTS}/ifcfg-ens3": ETH0}, ROCKY_10)

        self.assert_up("", "no", networkmanager.find_active(machine), machine)

    def test_an_installed_plugin_reads_them(self) -> None:
        library = "/usr/lib64/NetworkManager/1.40.16-1.el8/libnm-settings-plugin-ifcfg-rh.so"
        machine = self.machine({f"{SCRIPTS}/ifcfg-ens3": ETH0, library: ""}, ROCKY_10)

        self.assert_up("ens3", "no", networkmanager.find_active(machine), machine)

    def test_they_are_not_read_if_only_key_files_are_configured(self) -> None:
        self.assert_nics("", "no", {f"{SCRIPTS}/ifcfg-ens3": ETH0, CONF: "[main]\nplugins=keyfile\n"})

    def test_a_nic_that_is_not_controlled_is_ignored(self) -> None:
        content = f"{ETH0}NM_CONTROLLED=no\n"
        machine = a_machine({**ROCKY_8, f"{SCRIPTS}/ifcfg-ens3": content}, started="NetworkManager")

        self.assert_up("ens4 ens5", "yes", networkmanager.find_active(machine), machine)

    def test_a_nic_without_onboot_stays_down(self) -> None:
        self.assert_nics("", "no", {f"{SCRIPTS}/ifcfg-ens3": ETH0.replace('ONBOOT="yes"', "ONBOOT=no")})

    def test_onboot_is_yes_by_default(self) -> None:
        self.assert_nics("ens3", "no", {f"{SCRIPTS}/ifcfg-ens3": ETH0.replace('ONBOOT="yes"', "")})

    def test_a_nic_needs_an_address_to_come_up(self) -> None:
        nothing = ETH0.replace('"dhcp"', '"none"')

        self.assert_nics("", "no", {f"{SCRIPTS}/ifcfg-ens3": nothing})
        self.assert_nics("ens3", "no", {f"{SCRIPTS}/ifcfg-ens3": f"{nothing}IPADDR=10.0.0.5\nPREFIX=24\n"})

    def test_a_part_of_a_bond_has_no_address(self) -> None:
        self.assert_nics("", "no", {f"{SCRIPTS}/ifcfg-ens3": f"{ETH0}MASTER=bond0\nSLAVE=yes\n"})

    def test_a_file_for_any_nic_is_for_one_that_is_unknown(self) -> None:
        machine = self.machine({f"{SCRIPTS}/ifcfg-any": "TYPE=Ethernet\nBOOTPROTO=dhcp\nONBOOT=yes\nNAME=any\n"})

        self.assert_outcomes("unknown unknown unknown no", networkmanager.find_active(machine), machine)

    def test_a_file_for_any_nic_can_be_for_several(self) -> None:
        content = "TYPE=Ethernet\nBOOTPROTO=dhcp\nONBOOT=yes\nNAME=any\nMULTI_CONNECT=3\n"

        self.assert_nics("ens3 ens4 ens5", "yes", {f"{SCRIPTS}/ifcfg-any": content})

    def test_backups_do_not_count(self) -> None:
        names = ("ifcfg-ens3.bak", "ifcfg-ens3~", "ifcfg-ens3.orig", "ifcfg-ens3.rpmnew", "ifcfg-ens3:1")

        self.assert_nics("", "no", {f"{SCRIPTS}/{name}": ETH0 for name in names})

    def test_a_value_that_only_a_shell_knows_is_unknown(self) -> None:
        machine = self.machine({f"{SCRIPTS}/ifcfg-ens3": ETH0.replace('"ens3"', "$(first_nic)")})

        self.assertEqual("unknown", self.outcome(networkmanager.find_active(machine), machine.nics[0]))

    def test_key_files_of_rocky_9_bring_up_their_nics(self) -> None:
        files = {
            f"/etc/NetworkManager/system-connections/{name}.nmconnection": (
                f"[connection]\nid={name}\nuuid={name}\ntype=ethernet\ninterface-name={name}\n\n"
                "[ethernet]\n\n[ipv4]\nmethod=auto\n\n[ipv6]\naddr-gen-mode=eui64\nmethod=auto\n\n[proxy]\n"
            )
            for name in ("ens3", "ens4", "ens5")
        }
        machine = self.machine(files, ROCKY_9)

        self.assert_up("ens3 ens4 ens5", "no", networkmanager.find_active(machine), machine)

    def test_the_installers_profile_for_another_name_brings_nothing_up_on_a_server(self) -> None:
        content = "[connection]\nid=enp1s0\nuuid=a\ntype=ethernet\ninterface-name=enp1s0\n\n[ipv4]\nmethod=auto\n"
        machine = self.machine({"/etc/NetworkManager/system-connections/enp1s0.nmconnection": content}, ROCKY_9)
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assert_up("", "no", stack, machine)
        self.assertEqual(["name enp1s0"], [pin.what for pin in stack.pins()])
