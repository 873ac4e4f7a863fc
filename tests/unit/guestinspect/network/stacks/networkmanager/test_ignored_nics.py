"""The NICs that NetworkManager ignores, and the settings that switch it off."""

from __future__ import annotations

from functools import partial

from guestinspect.network.stacks.networkmanager import stack as networkmanager
from tests.unit.guestinspect.network.machines import UBUNTU, a_machine
from tests.unit.guestinspect.network.stacks.networkmanager.guests import (
    ENS3,
    ETC,
    PROFILES,
    UBUNTU_SERVER,
    NetworkManagerTest,
)


class TestSwitchedOff(NetworkManagerTest):
    STATE = "/var/lib/NetworkManager/NetworkManager.state"

    def test_networking_that_is_switched_off_brings_nothing_up(self) -> None:
        state = "[main]\nNetworkingEnabled=false\nWirelessEnabled=true\nWWANEnabled=true\n"
        machine = self.machine({self.STATE: state, f"{PROFILES}/ens3.nmconnection": ENS3})
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assert_up("", "no", stack, machine)
        step = stack.answer(machine.nics[0]).why[-1]
        self.assertEqual(
            ("networking is switched off in NetworkManager", f"{self.STATE}:2"), (step.what, step.location)
        )

    def test_a_radio_that_is_switched_off_changes_nothing(self) -> None:
        state = "[main]\nNetworkingEnabled=true\nWirelessEnabled=false\n"

        self.assert_nics("ens3 ens4 ens5", "yes", {self.STATE: state})


class TestIgnoredNics(NetworkManagerTest):
    def test_all_nics_but_one_are_ignored(self) -> None:
        conf = "[keyfile]\nunmanaged-devices=*,except:interface-name:ens3\n"

        self.assert_nics("ens3", "no", {f"{ETC}/conf.d/only.conf": conf})

    def test_ubuntu_ignores_ethernet_on_servers(self) -> None:
        machine = a_machine({**UBUNTU, **UBUNTU_SERVER}, started="NetworkManager")

        self.assert_up("", "no", networkmanager.find_active(machine), machine)

    def test_an_empty_file_hides_ubuntus_setting(self) -> None:
        path = "/etc/NetworkManager/conf.d/10-globally-managed-devices.conf"
        machine = a_machine({**UBUNTU, **UBUNTU_SERVER, path: ""}, started="NetworkManager")

        self.assert_up("ens3 ens4 ens5", "yes", networkmanager.find_active(machine), machine)

    def test_a_link_to_dev_null_hides_it_too(self) -> None:
        links = {"/run/NetworkManager/conf.d/10-globally-managed-devices.conf": "/dev/null"}
        machine = a_machine({**UBUNTU, **UBUNTU_SERVER}, started="NetworkManager", links=links)

        self.assert_up("ens3 ens4 ens5", "yes", networkmanager.find_active(machine), machine)

    def test_nics_of_ifupdown_are_left_to_it(self) -> None:
        interfaces = "auto lo\niface lo inet loopback\n\nallow-hotplug ens3\niface ens3 inet dhcp\n"

        self.assert_nics("ens4 ens5", "yes", {"/etc/network/interfaces": interfaces})

    def test_nics_in_sourced_files_are_left_to_ifupdown(self) -> None:
        files = {
            "/etc/network/interfaces": "source /etc/network/interfaces.d/*\n",
            "/etc/network/interfaces.d/50-cloud-init": "auto ens3\niface ens3 inet dhcp\n\nauto ens4\n",
        }

        self.assert_nics("ens4 ens5", "yes", files)

    def test_stanzas_that_networkmanager_reads_are_unknown(self) -> None:
        files = {
            "/etc/network/interfaces": "iface ens4 inet dhcp\n",
            f"{ETC}/conf.d/managed.conf": "[ifupdown]\nmanaged=true\n",
        }
        machine = self.machine(files)
        stack = networkmanager.find_active(machine)

        self.assert_outcomes("yes unknown yes yes", stack, machine)

    def test_the_first_section_that_matches_decides(self) -> None:
        conf = (
            "[device-a]\nmatch-device=interface-name:ens4\nmanaged=1\n\n"
            "[device-b]\nmatch-device=driver:virtio_net\nmanaged=0\n"
        )

        self.assert_nics("ens4", "no", {f"{ETC}/conf.d/10.conf": conf})

    def test_a_section_of_a_later_file_is_stronger(self) -> None:
        files = {
            f"{ETC}/conf.d/10.conf": "[device-a]\nmatch-device=interface-name:ens4\nmanaged=1\n",
            f"{ETC}/conf.d/20.conf": "[device-b]\nmatch-device=*\nmanaged=0\n",
        }

        self.assert_nics("", "no", files)

    def test_a_udev_rule_keeps_networkmanager_away(self) -> None:
        rule = 'SUBSYSTEM=="net", ACTION=="add|change|move", ENV{INTERFACE}=="ens4", ENV{NM_UNMANAGED}="1"\n'

        self.assert_nics("ens3 ens5", "yes", {"/run/udev/rules.d/90-netplan.rules": rule})

    def test_its_own_udev_rules_do_not_keep_networkmanager_away(self) -> None:
        rules = (
            'SUBSYSTEM!="net", GOTO="nm_unmanaged_end"\nACTION!="add|change|move", GOTO="nm_unmanaged_end"\n'
            'ENV{INTERFACE}=="vboxnet[0-9]*", ENV{NM_UNMANAGED}="1"\n'
            'ATTR{address}=="00:50:56:*", ENV{INTERFACE}=="vmnet[0-9]*", ENV{NM_UNMANAGED}="1"\n'
            'ENV{ID_NET_DRIVER}=="veth", ENV{INTERFACE}!="eth[0-9]*", ENV{NM_UNMANAGED}="1"\n'
            'ENV{DEVTYPE}=="gadget", ENV{NM_UNMANAGED}="1"\nLABEL="nm_unmanaged_end"\n'
        )

        self.assert_nics("ens3 ens4 ens5", "yes", {"/usr/lib/udev/rules.d/85-nm-unmanaged.rules": rules})

    def test_the_configuration_is_stronger_than_a_udev_rule(self) -> None:
        files = {
            "/etc/udev/rules.d/90.rules": 'SUBSYSTEM=="net", ENV{NM_UNMANAGED}="1"\n',
            f"{ETC}/conf.d/m.conf": "[device]\nmatch-device=interface-name:ens3\nmanaged=1\n",
        }

        self.assert_nics("ens3", "no", files)

    def test_a_file_that_is_switched_off_does_not_count(self) -> None:
        conf = "[.config]\nenable=false\n[keyfile]\nunmanaged-devices=*\n"

        self.assert_nics("ens3 ens4 ens5", "yes", {f"{ETC}/conf.d/10.conf": conf})

    def test_a_file_that_is_switched_on_counts(self) -> None:
        conf = "[.config]\nenable=true\n[keyfile]\nunmanaged-devices=*\n"

        self.assert_nics("", "no", {f"{ETC}/conf.d/10.conf": conf})

    def test_the_section_that_switches_off_begins_with_a_dot(self) -> None:
        conf = "[config]\nenable=false\n[keyfile]\nunmanaged-devices=*\n"

        self.assert_nics("", "no", {f"{ETC}/conf.d/10.conf": conf})

    def test_the_main_file_cannot_be_switched_off(self) -> None:
        conf = "[.config]\nenable=false\n[keyfile]\nunmanaged-devices=*\n"

        self.assert_nics("", "no", {f"{ETC}/NetworkManager.conf": conf})

    def test_a_file_for_some_versions_or_environments_is_unknown(self) -> None:
        for text in ("nm-version-min:1.3", "except:nm-version:1.42", "env:TAG1", "*", ""):
            with self.subTest(text=text):
                conf = f"[.config]\nenable={text}\n[keyfile]\nunmanaged-devices=*\n"
                machine = self.machine({f"{ETC}/conf.d/10.conf": conf})
                stack = networkmanager.find_active(machine)
                assert stack is not None

                self.assert_unknown(
                    "/10.conf:2: whether NetworkManager uses this file depends on its version or environment",
                    partial(stack.answer, machine.nics[0]),
                )

    def test_a_nic_that_is_managed_by_another_program_is_unknown(self) -> None:
        rule = 'SUBSYSTEM=="net", ENV{INTERFACE}=="ens4", ENV{ID_NET_MANAGED_BY}="io.systemd.Network"\n'
        machine = self.machine({"/etc/udev/rules.d/90.rules": rule})

        self.assert_outcomes("yes unknown yes yes", networkmanager.find_active(machine), machine)

    def test_a_nic_that_is_managed_by_networkmanager_comes_up(self) -> None:
        rule = 'SUBSYSTEM=="net", ENV{X}=="1", ENV{ID_NET_MANAGED_BY}="org.freedesktop.NetworkManager"\n'

        self.assert_nics("ens3 ens4 ens5", "yes", {"/etc/udev/rules.d/90.rules": rule})

    def test_a_rule_that_depends_on_the_running_guest_is_unknown(self) -> None:
        rule = 'SUBSYSTEM=="net", ENV{X}=="1", ENV{NM_UNMANAGED}="1"\n'
        machine = self.machine({"/etc/udev/rules.d/90.rules": rule})
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assert_unknown(
            "/90.rules:1 gives ens3 the property NM_UNMANAGED is", lambda: stack.answer(machine.nics[0])
        )

    def test_a_rule_for_another_driver_does_not_apply(self) -> None:
        rule = (
            'SUBSYSTEM=="net", DRIVERS=="mana|mlx5_core", ENV{NM_UNMANAGED}="1", ENV{ID_NET_MANAGED_BY}="unmanaged"\n'
        )

        self.assert_nics("ens3 ens4 ens5", "yes", {"/usr/lib/udev/rules.d/10-azure.rules": rule})
