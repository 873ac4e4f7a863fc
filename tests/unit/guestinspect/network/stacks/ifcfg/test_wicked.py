"""The NICs that wicked brings up."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks.ifcfg import wicked
from tests.unit.guestinspect.network.machines import StackTest, a_machine

FOLDER = "/etc/sysconfig/network"
DHCP = "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n"


class TestWicked(StackTest):
    def machine(self, files: Mapping[str, str]) -> Machine:
        lo = {f"{FOLDER}/ifcfg-lo": "IPADDR=127.0.0.1/8\nSTARTMODE=nfsroot\nBOOTPROTO=static\n"}
        return a_machine({**lo, **files}, started="wicked", names="eth0 eth1 eth2 eth3")

    def assert_nics(self, at_boot: str, later: str, files: Mapping[str, str]) -> None:
        machine = self.machine(files)
        self.assert_up(at_boot, later, wicked.find_active(machine), machine)

    def test_a_service_that_is_not_started_brings_nothing_up(self) -> None:
        self.assertIsNone(wicked.find_active(a_machine({}, started="NetworkManager")))

    def test_each_file_brings_up_its_nic(self) -> None:
        self.assert_nics("eth0 eth1 eth2", "no", {f"{FOLDER}/ifcfg-eth{n}": DHCP for n in range(3)})

    def test_a_file_for_a_later_nic_is_unknown(self) -> None:
        self.assert_nics("eth0", "unknown", {f"{FOLDER}/ifcfg-eth{n}": DHCP for n in (0, 3)})

    def test_only_some_modes_bring_a_nic_up_at_boot(self) -> None:
        modes = ("hotplug", "manual", "off")
        files = {f"{FOLDER}/ifcfg-eth{n}": DHCP.replace("auto", mode) for n, mode in enumerate(modes)}

        self.assert_nics("eth0", "no", files)

    def test_without_a_mode_a_nic_stays_down(self) -> None:
        self.assert_nics("", "no", {f"{FOLDER}/ifcfg-eth0": "BOOTPROTO=dhcp\n"})

    def test_an_unknown_mode_is_unknown(self) -> None:
        machine = self.machine({f"{FOLDER}/ifcfg-eth0": DHCP.replace("auto", "ifplugd")})

        self.assertEqual("unknown", self.outcome(wicked.find_active(machine), machine.nics[0]))

    def test_a_fixed_address_has_a_default_route_by_its_routes_file(self) -> None:
        fixed = "STARTMODE=auto\nIPADDR='10.0.0.5/24'\n"
        for routes, has_route in (("", False), ("default 10.0.0.1 - -\n", True), ("default 10.0.0.1 - eth1\n", False)):
            with self.subTest(routes=routes, has_route=has_route):
                machine = self.machine({f"{FOLDER}/ifcfg-eth0": fixed, f"{FOLDER}/routes": routes})
                stack = wicked.find_active(machine)
                assert stack is not None

                answer = stack.answer(machine.nics[0])

                self.assertEqual((Method.STATIC, has_route), (answer.method, answer.has_default_route))

    def test_a_nic_without_an_address_stays_down(self) -> None:
        self.assert_nics("", "no", {f"{FOLDER}/ifcfg-eth0": "STARTMODE=auto\nBOOTPROTO=static\n"})

    def test_backups_do_not_count(self) -> None:
        self.assert_nics("", "no", {f"{FOLDER}/ifcfg-eth0.{ending}": DHCP for ending in ("bak", "rpmsave", "old")})

    def test_a_file_for_an_unknown_name_is_a_pin(self) -> None:
        stack = wicked.find_active(self.machine({f"{FOLDER}/ifcfg-eth7": DHCP}))
        assert stack is not None

        self.assertEqual([("name eth7", f"{FOLDER}/ifcfg-eth7")], [(pin.what, pin.location) for pin in stack.pins()])

    def test_wickeds_own_files_are_unknown(self) -> None:
        machine = self.machine({"/etc/wicked/ifconfig/all.xml": "<interface/>"})

        self.assertEqual("unknown", self.outcome(wicked.find_active(machine), machine.nics[0]))
