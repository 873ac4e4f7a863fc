"""The NICs that RHEL's network scripts bring up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.model.fact import Unknown
from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks.ifcfg import network_scripts
from tests.unit.guestinspect.network.machines import CENTOS_7, StackTest, a_machine

FOLDER = "/etc/sysconfig/network-scripts"
SERVICE = {
    **CENTOS_7,
    "/etc/rc.d/init.d/network": "#! /bin/bash\n",
    "/etc/sysconfig/network": "NETWORKING=yes\n",
    f"{FOLDER}/ifcfg-lo": "DEVICE=lo\nIPADDR=127.0.0.1\nONBOOT=yes\n",
}
DHCP = "DEVICE=ens3\nBOOTPROTO=dhcp\nONBOOT=yes\nTYPE=Ethernet\n"


class TestNetworkScripts(StackTest):
    def machine(self, files: Mapping[str, str], started: str = "network") -> Machine:
        return a_machine({**SERVICE, **files}, started=started)

    def assert_nics(self, at_boot: str, later: str, files: Mapping[str, str]) -> None:
        machine = self.machine(files)
        self.assert_up(at_boot, later, network_scripts.find_active(machine), machine)

    def test_a_service_that_is_not_started_brings_nothing_up(self) -> None:
        self.assertIsNone(network_scripts.find_active(self.machine({f"{FOLDER}/ifcfg-ens3": DHCP}, started="")))

    def test_suses_service_network_is_another_one(self) -> None:
        files = {"/etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO=dhcp\nSTARTMODE=auto\n"}

        self.assertIsNone(network_scripts.find_active(a_machine(files, started="network wicked")))

    def test_each_file_brings_up_its_nic(self) -> None:
        files = {f"{FOLDER}/ifcfg-ens{n}": DHCP.replace("ens3", f"ens{n}") for n in (3, 4, 5)}

        self.assert_nics("ens3 ens4 ens5", "no", files)

    def test_a_file_for_a_later_nic_is_unknown(self) -> None:
        files = {f"{FOLDER}/ifcfg-ens{n}": DHCP.replace("ens3", f"ens{n}") for n in (3, 4, 5, 6)}

        self.assert_nics("ens3 ens4 ens5", "unknown", files)

    def test_a_file_for_an_unknown_name_brings_nothing_up_and_is_a_pin(self) -> None:
        machine = self.machine({f"{FOLDER}/ifcfg-eth0": DHCP.replace("ens3", "eth0")})
        stack = network_scripts.find_active(machine)
        assert stack is not None

        self.assert_up("", "no", stack, machine)
        self.assertEqual([("name eth0", f"{FOLDER}/ifcfg-eth0:1")], [(pin.what, pin.location) for pin in stack.pins()])

    def test_a_mac_address_of_another_machine_keeps_its_nic_down(self) -> None:
        machine = self.machine({f"{FOLDER}/ifcfg-ens3": f"{DHCP}HWADDR=52:54:00:12:34:56\n"})
        stack = network_scripts.find_active(machine)
        assert stack is not None

        self.assert_up("", "no", stack, machine)
        self.assertEqual(["MAC address 52:54:00:12:34:56"], [pin.what for pin in stack.pins()])

    def test_the_mac_address_of_its_nic_is_fine(self) -> None:
        self.assert_nics("ens3", "no", {f"{FOLDER}/ifcfg-ens3": f"{DHCP}HWADDR=FA:16:3E:00:00:00\n"})

    def test_a_file_without_a_device_applies_by_its_mac_address(self) -> None:
        content = DHCP.replace("DEVICE=ens3", "HWADDR=fa:16:3e:00:00:01")

        self.assert_nics("ens4", "no", {f"{FOLDER}/ifcfg-whatever": content})

    def test_a_nic_without_onboot_stays_down(self) -> None:
        self.assert_nics("", "no", {f"{FOLDER}/ifcfg-ens3": DHCP.replace("ONBOOT=yes", "ONBOOT=no")})

    def test_backups_and_second_addresses_do_not_count(self) -> None:
        names = ("ifcfg-ens3.bak", "ifcfg-ens3.rpmsave", "ifcfg-ens3.old", "ifcfg-ens3:0", "ifcfg-ens3-range0")

        self.assert_nics("", "no", {f"{FOLDER}/{name}": DHCP for name in names})

    def test_a_part_of_a_bridge_has_no_address(self) -> None:
        self.assert_nics("", "no", {f"{FOLDER}/ifcfg-ens3": f"{DHCP}BRIDGE=br0\n"})

    def test_a_fixed_address_has_a_default_route_by_its_gateway(self) -> None:
        fixed = "DEVICE=ens3\nBOOTPROTO=none\nIPADDR=10.0.0.5\nPREFIX=24\n"
        for content, has_route in ((fixed, False), (f"{fixed}GATEWAY=10.0.0.1\n", True)):
            with self.subTest(content=content, has_route=has_route):
                machine = self.machine({f"{FOLDER}/ifcfg-ens3": content})
                stack = network_scripts.find_active(machine)
                assert stack is not None

                answer = stack.answer(machine.nics[0])

                self.assertEqual((Method.STATIC, has_route), (answer.method, answer.has_default_route))

    def test_nics_of_networkmanager_are_left_to_it(self) -> None:
        files = {f"{FOLDER}/ifcfg-ens3": DHCP, f"{FOLDER}/ifcfg-ens4": f"DEVICE=ens4\n{DHCP[12:]}NM_CONTROLLED=no\n"}
        machine = self.machine(files, started="network NetworkManager")

        self.assert_up("ens4", "no", network_scripts.find_active(machine), machine)

    def test_a_service_without_its_own_file_is_unknown(self) -> None:
        files = {path: content for path, content in SERVICE.items() if path != "/etc/sysconfig/network"}
        machine = a_machine({**files, f"{FOLDER}/ifcfg-ens3": DHCP}, started="network")

        self.assertEqual("unknown", self.outcome(network_scripts.find_active(machine), machine.nics[0]))

    def test_a_file_with_commands_is_unknown(self) -> None:
        machine = self.machine({f"{FOLDER}/ifcfg-ens3": f"{DHCP}if true; then\nBOOTPROTO=none\nfi\n"})

        self.assertEqual("unknown", self.outcome(network_scripts.find_active(machine), machine.nics[0]))

    @settings(deadline=None)
    @given(st.text(alphabet="DEVICEONBOOT=ens3ydhcp\n\"'$ ", max_size=120))
    def test_any_file_gets_an_answer(self, content: str) -> None:
        machine = self.machine({f"{FOLDER}/ifcfg-ens3": content})
        stack = network_scripts.find_active(machine)
        assert stack is not None

        with suppress(Unknown):
            stack.answer(machine.nics[0])
