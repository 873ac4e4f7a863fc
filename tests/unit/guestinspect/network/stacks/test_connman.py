"""The NICs that ConnMan brings up."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks import connman
from tests.unit.guestinspect.network.machines import StackTest, a_machine

CONF = "/etc/connman/main.conf"
UNIT = "/usr/lib/systemd/system/connman.service"
DEBIAN_12 = {
    CONF: "[General]\n\n# NetworkInterfaceBlacklist = vmnet,vboxnet,virbr,ifb,ve-,vb-\n",
    UNIT: "[Service]\nType=dbus\nBusName=net.connman\nExecStart=/usr/sbin/connmand -n\n",
}


class TestConnman(StackTest):
    def machine(self, files: Mapping[str, str]) -> Machine:
        return a_machine({**DEBIAN_12, **files}, started="connman")

    def assert_nics(self, at_boot: str, later: str, files: Mapping[str, str]) -> None:
        machine = self.machine(files)
        self.assert_up(at_boot, later, connman.find_active(machine), machine)

    def assert_nic(self, expected: str, files: Mapping[str, str], position: int = 0) -> None:
        """Assert the outcome for one NIC, by default the first."""
        machine = self.machine(files)
        self.assertEqual(expected, self.outcome(connman.find_active(machine), machine.nics[position]))

    def test_a_service_that_is_not_started_brings_nothing_up(self) -> None:
        self.assertIsNone(connman.find_active(a_machine(DEBIAN_12, started="")))

    def test_every_wired_nic_comes_up_and_a_later_one_too(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {})

    def test_names_with_an_excluded_prefix_are_ignored(self) -> None:
        conf = "[General]\nNetworkInterfaceBlacklist = vmnet, ens4 ,virbr\n"

        self.assert_nics("ens3 ens5", "yes", {CONF: conf})

    def test_an_attached_nic_may_be_configured_before_it_has_that_name(self) -> None:
        self.assert_nic("unknown", {CONF: "[General]\nNetworkInterfaceBlacklist=ens6\n"}, position=3)

    def test_connman_can_be_started_for_some_nics_only(self) -> None:
        self.assert_nics("ens3", "no", {UNIT: "[Service]\nExecStart=/usr/sbin/connmand -n -i ens3,wlan*\n"})

    def test_connman_can_be_started_for_all_nics_but_some(self) -> None:
        unit = "[Service]\nExecStart=/usr/sbin/connmand -n --nodevice=ens3\n"

        self.assert_nics("ens4 ens5", "yes", {UNIT: unit})

    def test_other_options_of_connman_are_unknown(self) -> None:
        self.assert_nic("unknown", {UNIT: "[Service]\nExecStart=/usr/sbin/connmand -n -P ethernet\n"})

    def test_one_connection_at_a_time_is_unknown(self) -> None:
        self.assert_nic("unknown", {CONF: "[General]\nSingleConnectedTechnology=true\n"})

    def test_wired_nics_that_do_not_connect_automatically_are_unknown(self) -> None:
        self.assert_nic("unknown", {CONF: "[General]\nDefaultAutoConnectTechnologies=wifi\n"})
        self.assert_nic("yes", {CONF: "[General]\nDefaultAutoConnectTechnologies=wifi, ethernet\n"})

    def test_wired_nics_can_be_switched_off(self) -> None:
        self.assert_nics(
            "", "no", {"/var/lib/connman/settings": "[global]\nOfflineMode=false\n\n[Wired]\nEnable=false\n"}
        )

    def test_offline_mode_is_unknown(self) -> None:
        self.assert_nic("unknown", {"/var/lib/connman/settings": "[global]\nOfflineMode=true\n"})

    def test_a_fixed_address_is_for_the_nic_of_that_name(self) -> None:
        content = "[service_a]\nType=ethernet\nDeviceName=ens4\nIPv4=10.0.0.5/24/10.0.0.1\n"
        machine = self.machine({"/var/lib/connman/lab.config": content})
        stack = connman.find_active(machine)
        assert stack is not None

        answers = [stack.answer(nic) for nic in machine.nics[:2]]

        self.assertEqual([Method.DHCP, Method.STATIC], [answer.method for answer in answers])
        self.assertTrue(answers[1].has_default_route)

    def test_a_mac_address_of_another_machine_is_a_pin(self) -> None:
        content = "[service_a]\nType=ethernet\nMAC=52:54:00:12:34:56\nIPv4=off\n"
        machine = self.machine({"/var/lib/connman/lab.config": content})
        stack = connman.find_active(machine)
        assert stack is not None

        self.assert_up("ens3 ens4 ens5", "yes", stack, machine)
        self.assertEqual(
            [("MAC address 52:54:00:12:34:56", "/var/lib/connman/lab.config:3")],
            [(pin.what, pin.location) for pin in stack.pins()],
        )

    def test_settings_for_the_nic_that_is_found_first_are_unknown(self) -> None:
        self.assert_nic("unknown", {"/var/lib/connman/lab.config": "[service_a]\nType=ethernet\nIPv4=off\n"})
