"""The NICs that dhcpcd brings up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.model.fact import Unknown
from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks import dhcpcd
from tests.unit.guestinspect.network.machines import StackTest, a_machine

UNIT = "/usr/lib/systemd/system/dhcpcd.service"
CONF = "/etc/dhcpcd.conf"
DEBIAN_12 = {
    UNIT: "[Service]\nType=forking\nPIDFile=/run/dhcpcd/pid\nExecStart=/usr/sbin/dhcpcd -q -b\n",
    CONF: (
        "# A sample configuration for dhcpcd.\nduid\npersistent\nvendorclassid\n"
        "option domain_name_servers, domain_name\n#option ntp_servers\nrequire dhcp_server_identifier\nslaac private\n"
    ),
}


class TestDhcpcd(StackTest):
    def machine(self, files: Mapping[str, str], started: str = "dhcpcd") -> Machine:
        return a_machine({**DEBIAN_12, **files}, started=started)

    def assert_nics(self, at_boot: str, later: str, files: Mapping[str, str], started: str = "dhcpcd") -> None:
        machine = self.machine(files, started)
        self.assert_up(at_boot, later, dhcpcd.find_active(machine), machine)

    def test_a_service_that_is_not_started_brings_nothing_up(self) -> None:
        self.assertIsNone(dhcpcd.find_active(self.machine({}, started="")))

    def test_every_nic_comes_up_and_a_later_one_too(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {})

    def test_nics_can_be_denied(self) -> None:
        self.assert_nics("ens3 ens5", "yes", {CONF: "denyinterfaces wlan* ens4,eth0\n"})

    def test_only_some_nics_can_be_allowed(self) -> None:
        self.assert_nics("ens3", "no", {CONF: "allowinterfaces ens3\n"})

    def test_a_denied_nic_is_not_allowed(self) -> None:
        self.assert_nics("ens3 ens5", "yes", {CONF: "allowinterfaces en*\ndenyinterfaces ens4\n"})

    def test_options_of_the_service_count(self) -> None:
        self.assert_nics("ens3", "no", {UNIT: "[Service]\nExecStart=/usr/sbin/dhcpcd -q -z ens3\n"})

    def test_a_service_for_one_nic_brings_up_one(self) -> None:
        self.assert_nics("ens3", "no", {UNIT: "[Service]\nExecStart=/usr/sbin/dhcpcd -qb ens3\n"})

    def test_an_instance_brings_up_its_nic(self) -> None:
        self.assert_nics("ens3", "no", {}, started="dhcpcd@ens3")

    def test_an_instance_for_a_later_nic_is_unknown(self) -> None:
        self.assert_nics("ens3", "unknown", {}, started="dhcpcd@ens3 dhcpcd@ens6")

    def test_a_block_is_for_its_nic(self) -> None:
        self.assert_nics("ens3 ens5", "yes", {CONF: "interface ens4\nnoipv4\n\ninterface ens9\nnodhcp\n"})

    def test_a_fixed_address_has_a_default_route_by_its_routers(self) -> None:
        fixed = "interface ens3\nstatic ip_address=10.0.0.5/24\n"
        for content, has_route in ((fixed, False), (f"{fixed}static routers=10.0.0.1\n", True)):
            with self.subTest(content=content, has_route=has_route):
                machine = self.machine({CONF: content})
                stack = dhcpcd.find_active(machine)
                assert stack is not None

                answer = stack.answer(machine.nics[0])

                self.assertEqual((Method.STATIC, has_route), (answer.method, answer.has_default_route))

    def test_a_nic_without_dhcp_is_unknown(self) -> None:
        machine = self.machine({CONF: "nodhcp\n"})

        self.assertEqual("unknown", self.outcome(dhcpcd.find_active(machine), machine.nics[0]))

    def test_settings_that_make_dhcpcd_refuse_offers_are_unknown(self) -> None:
        for line in (
            "blacklist 10.0.0.0/8",
            "whitelist 192.168.1.1",
            "reject domain_name",
            "require domain_name_servers",
            "require dhcp_server_identifier, routers",
            "arping 10.0.0.1",
            "noconfigure",
        ):
            with self.subTest(line=line):
                machine = self.machine({CONF: f"duid\n{line}\n"})
                stack = dhcpcd.find_active(machine)
                assert stack is not None

                self.assert_unknown(f"{CONF}:2: ", partial(stack.answer, machine.nics[0]))

    def test_options_that_every_server_offers_may_be_required(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {CONF: "require dhcp_server_identifier, subnet_mask\n"})

    def test_settings_for_another_nic_do_not_matter(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {CONF: "interface eth9\nwhitelist 10.0.0.1\n"})

    def test_options_that_switch_something_off_are_harmless_or_unknown(self) -> None:
        for option, outcome in (("--noarp", "yes"), ("--noipv4", "unknown"), ("--noconfigure", "unknown")):
            with self.subTest(option=option, outcome=outcome):
                machine = self.machine({UNIT: f"[Service]\nExecStart=/usr/sbin/dhcpcd -q {option}\n"})

                self.assertEqual(outcome, self.outcome(dhcpcd.find_active(machine), machine.nics[0]), option)

    def test_words_that_depend_on_a_variable_are_unknown(self) -> None:
        machine = self.machine({UNIT: "[Service]\nExecStart=/usr/sbin/dhcpcd $OPTIONS\n"})

        self.assertEqual("unknown", self.outcome(dhcpcd.find_active(machine), machine.nics[0]))

    def test_debians_script_may_refuse_to_start(self) -> None:
        files = {"/etc/init.d/dhcpcd": "#!/bin/sh\n", "/etc/network/interfaces": "iface eth0 inet dhcp\n"}
        machine = a_machine(files, started="dhcpcd")

        self.assertEqual("unknown", self.outcome(dhcpcd.find_active(machine), machine.nics[0]))

    def test_a_block_for_an_unknown_name_is_a_pin(self) -> None:
        stack = dhcpcd.find_active(self.machine({CONF: "interface eth0\nstatic ip_address=10.0.0.5/24\n"}))
        assert stack is not None

        self.assertEqual([("name eth0", f"{CONF}:1")], [(pin.what, pin.location) for pin in stack.pins()])

    def test_an_instance_for_an_unknown_name_is_a_pin(self) -> None:
        stack = dhcpcd.find_active(self.machine({}, started="dhcpcd dhcpcd@eth0 dhcpcd@wlan0"))
        assert stack is not None

        self.assertEqual([("name eth0", "dhcpcd@eth0.service")], [(pin.what, pin.location) for pin in stack.pins()])

    @given(st.text(max_size=200), st.text(alphabet="-zZqb ens3=$\"'", max_size=40))
    @settings(deadline=None)
    def test_any_file_gets_an_answer(self, content: str, options: str) -> None:
        machine = self.machine({CONF: content, UNIT: f"[Service]\nExecStart=/usr/sbin/dhcpcd {options}\n"})
        stack = dhcpcd.find_active(machine)
        assert stack is not None

        with suppress(Unknown):
            stack.answer(machine.nics[0])
