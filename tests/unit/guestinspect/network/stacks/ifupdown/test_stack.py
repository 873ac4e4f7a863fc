"""The NICs that ifupdown and similar programs bring up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks.ifupdown import stack as ifupdown
from tests.trees import MemoryTree
from tests.unit.guestinspect.network.stacks.ifupdown.guests import (
    BOOTS,
    DEBIAN,
    ENABLED,
    INTERFACES,
    IfupdownTest,
    a_guest,
    nics,
)


class TestDebian(IfupdownTest):
    def test_the_file_of_the_installer_brings_up_the_first_nic(self) -> None:
        self.assert_up("ens3", a_guest("allow-hotplug ens3\niface ens3 inet dhcp\n"))

    def test_a_name_that_no_nic_has_brings_up_nothing(self) -> None:
        self.assert_up("", a_guest("auto eth0\niface eth0 inet dhcp\n"))

    def test_the_kernels_names_work_where_the_guest_uses_them(self) -> None:
        self.assert_up("eth0", a_guest("auto eth0\niface eth0 inet dhcp\n", names="eth0 eth1 eth2 eth3"))

    def test_a_list_brings_up_its_nics(self) -> None:
        stanzas = "".join(f"auto {name}\niface {name} inet dhcp\n" for name in ("ens3", "ens4", "ens5"))

        self.assert_up("ens3 ens4 ens5", a_guest(stanzas))

    def test_auto_never_brings_up_an_attached_nic(self) -> None:
        self.assert_up("ens3", a_guest("auto ens3 ens6\niface ens3 inet dhcp\niface ens6 inet dhcp\n"))

    def test_hotplug_lines_for_more_names_bring_up_later_nics(self) -> None:
        stanzas = "".join(f"allow-hotplug ens{number}\niface ens{number} inet dhcp\n" for number in range(3, 11))
        stack = a_guest(stanzas)

        self.assert_up("ens3 ens4 ens5 ens6", stack)
        assert stack is not None
        self.assertEqual((), stack.pins())

    def test_a_hotplug_pattern_with_another_name_has_no_effect(self) -> None:
        self.assert_up("", a_guest("allow-hotplug /en*=nic\niface nic inet dhcp\n"))

    def test_a_hotplug_pattern_without_another_name_has_an_effect(self) -> None:
        stanzas = "".join(f"iface ens{number} inet dhcp\n" for number in (3, 6))

        self.assert_up("ens3 ens6", a_guest(f"allow-hotplug /en*\n{stanzas}"))

    def test_a_pattern_for_auto_may_name_another_stanza(self) -> None:
        self.assert_up("ens3 ens4 ens5", a_guest("auto /en*=nic\niface nic inet dhcp\n"))

    def test_a_pattern_may_select_one_of_several_nics(self) -> None:
        self.assert_up("ens4", a_guest("auto /en*/2=nic\niface nic inet dhcp\n"))

    def test_a_pattern_may_select_by_mac_address(self) -> None:
        stack = a_guest("auto mac/52:54:00:12:34:56=nic\niface nic inet dhcp\n")

        self.assert_up("", stack)
        assert stack is not None
        self.assertEqual(["MAC address 52:54:00:12:34:56"], [pin.what for pin in stack.pins()])

    def test_a_name_without_stanza_brings_up_nothing(self) -> None:
        self.assert_up("", a_guest("auto ens3\n"))

    def test_a_stanza_that_nothing_calls_brings_up_nothing(self) -> None:
        self.assert_up("", a_guest("auto lo ens9\niface ens3 inet dhcp\n"))

    def test_the_file_of_cloud_init_is_included(self) -> None:
        written = "".join(f"auto ens{number}\niface ens{number} inet dhcp\n" for number in (3, 4, 5))

        self.assert_up("ens3 ens4 ens5", a_guest(more={"/etc/network/interfaces.d/50-cloud-init": written}))

    def test_without_a_dhcp_client_there_is_no_address(self) -> None:
        files = {path: text for path, text in DEBIAN.items() if "dhclient" not in path}

        self.assert_up("", a_guest("auto ens3\niface ens3 inet dhcp\n", files=files))
        self.assert_up("ens3", a_guest("auto ens3\niface ens3 inet dhcp\n", files=files | {"/usr/sbin/dhcpcd": "ELF"}))

    def test_a_fixed_address_brings_a_nic_up(self) -> None:
        stack = a_guest("auto ens3\niface ens3 inet static\n  address 10.0.0.4/24\n  gateway 10.0.0.1\n")
        assert stack is not None

        answer = stack.answer(nics()[0])

        self.assertEqual((Method.STATIC, True), (answer.method, answer.has_default_route))

    def test_a_nic_without_a_valid_address_stays_down(self) -> None:
        self.assert_up("", a_guest("auto ens3 ens4\niface ens3 inet static\niface ens4 inet static\n address $IP\n"))

    def test_manual_and_ipv6_give_no_address(self) -> None:
        self.assert_up("", a_guest("auto ens3 ens4\niface ens3 inet manual\niface ens4 inet6 auto\n"))

    def test_a_command_may_give_an_address(self) -> None:
        for command in ("dhclient ens3", "ip addr add 10.0.0.1/24 dev ens3", "/etc/network/mine", "true; dhclient"):
            with self.subTest(command=command):
                self.assert_unknown(a_guest(f"auto ens3\niface ens3 inet manual\n up {command}\n"))

    def test_many_commands_give_no_address(self) -> None:
        for command in ("ip link set ens3 up", "ifconfig ens3 up", "/sbin/ethtool -K ens3 gro off", "ip route add x"):
            with self.subTest(command=command):
                self.assert_up("", a_guest(f"auto ens3\niface ens3 inet manual\n up {command}\n"))

    def test_a_command_before_may_keep_a_nic_down(self) -> None:
        for command in ("/etc/firewall", "false", "sleep 1; false", "iptables-restore < /etc/rules"):
            with self.subTest(command=command):
                self.assert_unknown(a_guest(f"auto ens3\niface ens3 inet dhcp\n pre-up {command}\n"))
        self.assert_up("ens3", a_guest("auto ens3\niface ens3 inet dhcp\n pre-up sleep 2\n pre-up /x || true\n"))

    def test_a_stanza_after_dhcpv6_is_unknown(self) -> None:
        self.assert_unknown(a_guest("auto ens3\niface ens3 inet6 dhcp\niface ens3 inet dhcp\n"))
        self.assert_up("ens3", a_guest("auto ens3\niface ens3 inet dhcp\niface ens3 inet6 dhcp\n"))
        self.assert_up("", a_guest("auto ens3\niface ens3 inet6 dhcp\n"))

    def test_a_mapping_is_unknown(self) -> None:
        stack = a_guest("mapping ens*\n script /x\n map 52:54:00:12:34:56 a\nauto ens3\niface a inet dhcp\n")

        self.assert_unknown(stack)
        assert stack is not None
        self.assertEqual(["MAC address 52:54:00:12:34:56"], [pin.what for pin in stack.pins()])

    def test_another_mac_address_is_unknown(self) -> None:
        self.assert_unknown(a_guest("auto ens3\niface ens3 inet dhcp\n hwaddress 52:54:00:12:34:56\n"))

    def test_dhclient_accepts_an_alternative_name(self) -> None:
        text = "auto enp0s3\niface enp0s3 inet dhcp\nallow-hotplug enp0s6\niface enp0s6 inet dhcp\n"
        files = {path: content for path, content in DEBIAN.items() if "dhclient" not in path}

        self.assert_up("ens3", a_guest(text))
        self.assert_unknown(a_guest(text, files=files | {"/usr/sbin/dhcpcd": "ELF"}))

    def test_a_mistake_in_the_first_file_brings_nothing_up(self) -> None:
        for mistake in ("iface ens9 inet dchp\n", "gateway 10.0.0.1\n", "iface ens3 inet dhcp\n option\n"):
            with self.subTest(mistake=mistake):
                self.assert_up("", a_guest(f"source /x\n{mistake}auto ens3\niface ens3 inet dhcp\n"))

    def test_a_mistake_in_an_included_file_ends_only_that_file(self) -> None:
        more = {
            "/etc/network/interfaces.d/a": "auto ens4\niface ens4 inet dhcp\nxxx\nauto ens5\niface ens5 inet dhcp\n"
        }
        text = "source /etc/network/interfaces.d/*\nauto ens3\niface ens3 inet dhcp\n"

        self.assert_up("ens3 ens4", a_guest(text, more=more))

    def test_a_nic_that_ifupdown_renames_is_unknown(self) -> None:
        self.assert_unknown(a_guest("rename ens3=lan\nauto lan\niface lan inet dhcp\n"))

    def test_on_ubuntu_auto_is_for_attached_nics_too(self) -> None:
        script = "#!/bin/sh\n# --allow=auto\nifquery --allow hotplug -l $INTERFACE\n"
        text = "auto ens3 ens6\niface ens3 inet dhcp\niface ens6 inet dhcp\n"

        self.assert_up("ens3", a_guest(text, more={"/lib/udev/ifupdown-hotplug": script}))
        self.assert_up(
            "ens3 ens6", a_guest(text, more={"/lib/udev/ifupdown-hotplug": f"{script}ifquery --allow auto\n"})
        )

    def test_a_service_that_is_not_enabled_leaves_the_hotplug_lines(self) -> None:
        text = "auto ens3\niface ens3 inet dhcp\nallow-hotplug ens4\niface ens4 inet dhcp\n"

        self.assert_up("ens4", a_guest(text, links={}))

    def test_a_masked_rule_leaves_the_auto_lines(self) -> None:
        text = "auto ens3\niface ens3 inet dhcp\nallow-hotplug ens4\niface ens4 inet dhcp\n"

        self.assert_up("ens3", a_guest(text, links=ENABLED | {"/etc/udev/rules.d/80-ifupdown.rules": "/dev/null"}))
        self.assert_up("ens3", a_guest(text, links=ENABLED | {"/etc/systemd/system/ifup@.service": "/dev/null"}))

    def test_the_service_may_be_configured_to_ignore_nics(self) -> None:
        text = "auto ens3 ens4\niface ens3 inet dhcp\niface ens4 inet dhcp\n"

        self.assert_up("", a_guest(text, more={"/etc/default/networking": "CONFIGURE_INTERFACES=no\n"}))
        self.assert_up("ens4", a_guest(text, more={"/etc/default/networking": 'EXCLUDE_INTERFACES="ens3 eth*"\n'}))

    def test_a_guest_without_ifupdown_has_no_such_stack(self) -> None:
        self.assertIsNone(a_guest("auto ens3\niface ens3 inet dhcp\n", files=BOOTS))
        self.assertIsNone(a_guest("auto lo\niface lo inet loopback\n"))

    def test_system_v_brings_up_both_classes(self) -> None:
        files = DEBIAN | {"/sbin/init": "ELF", "/etc/inittab": "id:2:initdefault:\n", "/etc/init.d/networking": "#!"}
        links = {"/etc/rcS.d/S10networking": "../init.d/networking"}
        text = "auto ens3\niface ens3 inet dhcp\nallow-hotplug ens4 ens6\niface ens4 inet dhcp\niface ens6 inet dhcp\n"

        self.assert_up("ens3 ens4 ens6", a_guest(text, files=files, links=links))

    def test_a_file_that_cannot_be_read_is_not_empty(self) -> None:
        tree = MemoryTree(DEBIAN, links=ENABLED, unreadable=["/etc/network/interfaces.d"])

        self.assertRaises(Unreadable, ifupdown.find_active, Machine(tree, Units(tree), nics(), ()))

    def test_names_of_other_machines_are_pins(self) -> None:
        stack = a_guest("auto eth0 ens9 br0\niface eth0 inet dhcp\n")
        assert stack is not None

        self.assertEqual([("name eth0", f"{INTERFACES}:1")], [(pin.what, pin.location) for pin in stack.pins()])


class TestSimilarPrograms(IfupdownTest):
    def test_ifupdown2_knows_ranges_and_no_attached_nics(self) -> None:
        files = BOOTS | {"/usr/share/ifupdown2/ifupdown2": "#!", "/sbin/dhclient": "ELF"}
        links = ENABLED | {"/sbin/ifup": "/usr/share/ifupdown2/ifupdown2"}
        text = "auto ens[3-6]\niface ens[3-6] inet dhcp\n"

        self.assert_up("ens3 ens4 ens5", a_guest(text, files=files, links=links))
        self.assert_unknown(a_guest("iface ens3 inet dhcp\nauto ens3\n", files=files, links=links))

    def test_ifupdown2_brings_up_a_stanza_without_family(self) -> None:
        files = BOOTS | {"/usr/share/ifupdown2/ifupdown2": "#!"}
        links = ENABLED | {"/sbin/ifup": "/usr/share/ifupdown2/ifupdown2"}

        self.assert_up("ens3", a_guest("auto all\niface ens3\n address 10.0.0.1/24\n", files=files, links=links))

    def test_ifupdown2_may_not_include_a_folder(self) -> None:
        files = BOOTS | {"/usr/share/ifupdown2/ifupdown2": "#!", "/sbin/dhclient": "ELF"}
        links = ENABLED | {"/sbin/ifup": "/usr/share/ifupdown2/ifupdown2"}

        self.assertRaises(Unknown, a_guest, "source-directory interfaces.d\n", files=files, links=links)

    def test_a_template_of_ifupdown2_is_unknown(self) -> None:
        files = BOOTS | {"/usr/share/ifupdown2/ifupdown2": "#!", "/sbin/dhclient": "ELF"}
        links = ENABLED | {"/sbin/ifup": "/usr/share/ifupdown2/ifupdown2"}

        self.assertRaises(Unknown, a_guest, "%for i in range(3,6):\nauto ens${i}\n%endfor\n", files=files, links=links)

    def test_ifupdown_ng_accepts_words_that_ifupdown_does_not_know(self) -> None:
        self.assert_up("ens3", self.a_guest_of_ifupdown_ng("auto ens3 ens6\niface ens3\n use dhcp\n"))
        self.assert_unknown(self.a_guest_of_ifupdown_ng("auto ens*\niface ens3\n use dhcp\n"))

    def test_ifupdown_ng_before_0_13_refuses_a_pattern(self) -> None:
        takes = "auto ens3\niface ens3\n use dhcp\n"
        pattern = f"source /etc/network/interfaces.d/*\n{takes}"
        old, new = {"/sbin/ifupdown": "\x7fELF strlcpy"}, {"/sbin/ifupdown": "\x7fELF wordexp"}

        self.assert_up("ens3", self.a_guest_of_ifupdown_ng(takes, old))
        self.assert_up("", self.a_guest_of_ifupdown_ng(pattern, old))
        self.assert_up("", self.a_guest_of_ifupdown_ng(f"source /etc/network/lab\n{takes}", old))
        self.assert_up("ens3", self.a_guest_of_ifupdown_ng(pattern, new))
        self.assert_unknown(self.a_guest_of_ifupdown_ng(pattern))

    def test_ifupdown_ng_follows_the_name_of_a_file(self) -> None:
        includes = "auto ens3\nsource /etc/network/lab\n"
        files = {"/sbin/ifupdown": "\x7fELF strlcpy", "/etc/network/lab": "iface ens3\n use dhcp\n"}

        self.assert_up("ens3", self.a_guest_of_ifupdown_ng(includes, files))

    def a_guest_of_ifupdown_ng(
        self, interfaces: str, more: Mapping[str, str | None] | None = None
    ) -> ifupdown.Ifupdown | None:
        files = {
            "/etc/network/ifupdown-ng.conf": "",
            "/sbin/udhcpc": "ELF",
            "/sbin/ifupdown": "ELF",
        }
        given = {path: text for path, text in (BOOTS | files | dict(more or {})).items() if text is not None}
        return a_guest(interfaces, files=given, links=ENABLED | {"/sbin/ifup": "ifupdown"})

    def test_upstart_may_bring_up_an_attached_nic(self) -> None:
        files = DEBIAN | {
            "/sbin/init": "ELF",
            "/sbin/initctl": "ELF",
            "/etc/init/networking.conf": "start on (local-filesystems)\n",
        }
        stack = a_guest("auto ens3 ens6\niface ens3 inet dhcp\niface ens6 inet dhcp\n", files=files, links={})
        assert stack is not None

        self.assertTrue(stack.answer(nics()[0]).comes_up)
        self.assertRaises(Unknown, stack.answer, nics()[3])

    def test_busybox_brings_up_the_nics_of_alpine(self) -> None:
        files = {
            "/sbin/openrc": "ELF",
            "/bin/busybox": "ELF",
            "/sbin/udhcpc": "ELF",
            "/etc/init.d/networking": "#!/sbin/openrc-run\n",
        }
        links = {
            "/sbin/init": "/bin/busybox",
            "/sbin/ifup": "/bin/busybox",
            "/etc/runlevels/boot/networking": "/etc/init.d/networking",
        }
        text = "auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\nallow-hotplug eth3\n"

        self.assert_up("eth0", a_guest(text, files=files, links=links, names="eth0 eth1 eth2 eth3"))

    def test_another_distributions_ifup_is_not_ifupdown(self) -> None:
        files = BOOTS | {"/etc/sysconfig/network-scripts/ifup": "#!"}
        links = ENABLED | {"/usr/sbin/ifup": "/etc/sysconfig/network-scripts/ifup-eth"}

        self.assertIsNone(a_guest("auto eth0\n", files=files, links=links))


class TestAnyFile(IfupdownTest):
    @given(
        st.lists(
            st.sampled_from(
                "auto allow-hotplug iface mapping source source-directory rename inherits inet inet6 dhcp static ens3 "
                "/en*=a a /etc/network/* /etc/network address 10.0.0.1/8 hwaddress map script pre-up \\ # \n".split(" ")
            ),
            max_size=60,
        ),
        st.text(max_size=80),
    )
    def test_any_file_gets_an_answer(self, parts: list[str], text: str) -> None:
        with suppress(Unknown):
            stack = a_guest(" ".join(parts) + "\n" + text)
            if stack is not None:
                stack.pins()
                stack.answer(nics()[0])
