"""The names that a guest gives its NICs."""

from __future__ import annotations

from contextlib import suppress
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.tree import lines_of
from guestinspect.model.fact import Unknown
from guestinspect.network import naming
from guestinspect.network.naming import InitramfsFiles, NamedNics
from guestinspect.network.pci_slots import Q35
from tests import base
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import DEBIAN, RULES, Part

PREDICTABLE = ["ens3", "ens4", "ens5", "ens6"]
KERNELS = ["eth0", "eth1", "eth2", "eth3"]
OF_ANOTHER = 'SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="52:54:00:12:34:56", NAME="eth0"\n'


class NamingTest(base.BaseTestCase):
    def named(self, guest: Part, *command_line: str) -> NamedNics:
        return naming.name_nics(guest.tree, command_line)

    def assert_names(self, names: list[str], guest: Part, *command_line: str) -> None:
        self.assertEqual(names, [nic.name for nic in self.named(guest, *command_line).nics])

    def assert_unknown(self, guest: Part) -> None:
        self.assertRaises(Unknown, naming.name_nics, guest.tree, ())


class TestReasons(NamingTest):
    def test_the_name_that_two_nics_get_is_reported(self) -> None:
        link = "[Match]\nOriginalName=eth1 eth2\n[Link]\nName=lan\n"
        guest = DEBIAN | guests.files({"/etc/systemd/network/10-lan.link": link})

        unknown = self.assertRaises(Unknown, naming.name_nics, guest.tree, ())

        self.assertEqual("/etc/systemd/network/10-lan.link:4 gives several NICs the name lan", unknown.why)

    def test_the_condition_of_a_udev_rule_that_is_known_only_at_boot_is_reported(self) -> None:
        rule = 'SUBSYSTEM=="net", ENV{ID_VENDOR}=="x", NAME="lan"\n'
        guest = DEBIAN | guests.files({"/etc/udev/rules.d/70-lan.rules": rule})

        unknown = self.assertRaises(Unknown, naming.name_nics, guest.tree, ())

        self.assertIn("70-lan.rules:1 applies depends on ENV{ID_VENDOR}", unknown.why)


class TestLongRulesFile(NamingTest):
    def test_a_long_rules_file_is_parsed_once(self) -> None:
        guest = DEBIAN | guests.files({"/etc/udev/rules.d/70-persistent-net.rules": OF_ANOTHER * 500})

        with mock.patch("guestinspect.network.udev_rules.lines_of", wraps=lines_of) as parsed:
            self.assert_names(PREDICTABLE, guest)
            self.assert_names(PREDICTABLE, guest)

        of_the_file = [call for call in parsed.call_args_list if b"52:54:00:12:34:56" in call.args[0]]
        self.assertEqual(1, len(of_the_file))


class TestDefaults(NamingTest):
    def test_systemd_names_nics_by_their_slots(self) -> None:
        self.assert_names(PREDICTABLE, DEBIAN)
        self.assertEqual(("enp0s3",), self.named(DEBIAN).nics[0].alternative_names)

    def test_another_machine_has_other_names(self) -> None:
        found = naming.name_nics(DEBIAN.tree, (), Q35.slots)

        self.assertEqual(["enp1s0", "enp2s0", "enp3s0", "enp7s0"], [nic.name for nic in found.nics])

    def test_a_parameter_keeps_the_kernels_names(self) -> None:
        self.assert_names(KERNELS, DEBIAN, "net.ifnames=0", "biosdevname=0")
        self.assert_names(PREDICTABLE, DEBIAN, "net.ifnames=0", "net.ifnames=1")
        self.assertEqual(("ens3", "enp0s3"), self.named(DEBIAN, "net.ifnames=0").nics[0].alternative_names)

    def test_nics_keep_the_kernels_names_without_systemds_udev(self) -> None:
        alpine = guests.files({"/etc/alpine-release": "3.20.0\n", "/sbin/mdev": "ELF"})

        self.assert_names(KERNELS, alpine)

    def test_nics_keep_the_kernels_names_with_an_old_udev(self) -> None:
        jessie = DEBIAN | guests.files({f"{RULES}/75-persistent-net-generator.rules": "# writes rules\n"})

        self.assert_names(KERNELS, jessie)
        self.assert_unknown(jessie | guests.files({"/etc/udev/rules.d/70-persistent-net.rules": OF_ANOTHER}))


class TestMasks(NamingTest):
    def test_masked_files_leave_the_kernels_names(self) -> None:
        for masked in (
            "/etc/systemd/network/99-default.link",
            "/etc/udev/rules.d/80-net-setup-link.rules",
        ):
            with self.subTest(masked=masked):
                self.assert_names(KERNELS, DEBIAN | guests.links({masked: "/dev/null"}))

    def test_a_mask_that_the_initramfs_lacks_has_no_effect(self) -> None:
        initramfs = InitramfsFiles("/boot/initrd.img", DEBIAN.tree)

        for masked in ("/etc/systemd/network/99-default.link", "/etc/udev/rules.d/80-net-setup-link.rules"):
            with self.subTest(masked=masked):
                guest = DEBIAN | guests.links({masked: "/dev/null"})
                found = naming.name_nics(guest.tree, (), initramfs=initramfs)

                self.assertEqual(["ens3", "ens4", "ens5", "eth0"], [nic.name for nic in found.nics])
                self.assertEqual(("enp0s3",), found.nics[0].alternative_names)
                self.assertEqual(
                    "/boot/initrd.img: /usr/lib/systemd/network/99-default.link", found.reasons[0].location
                )


class TestInitramfs(NamingTest):
    """Names that the initramfs gives first."""

    def assert_names_after(self, names: str, initramfs: Part, guest: Part, *command_line: str) -> None:
        found = naming.name_nics(guest.tree, command_line, initramfs=InitramfsFiles("/boot/i", initramfs.tree))

        self.assertEqual(names.split(), [nic.name for nic in found.nics])

    def test_the_same_files_give_the_same_names(self) -> None:
        self.assert_names_after("ens3 ens4 ens5 ens6", DEBIAN, DEBIAN)
        self.assert_names_after("eth0 eth1 eth2 eth3", DEBIAN, DEBIAN, "net.ifnames=0")

    def test_a_file_for_the_kernels_names_matches_only_an_attached_nic(self) -> None:
        link = "[Match]\nOriginalName=eth*\n[Link]\nNamePolicy=path\n"

        self.assert_names_after(
            "ens3 ens4 ens5 enp0s6", DEBIAN, DEBIAN | guests.files({"/etc/systemd/network/10-a.link": link})
        )

    def test_a_file_for_a_path_names_a_nic_again(self) -> None:
        link = "[Match]\nPath=pci-0000:00:04.0\n[Link]\nName=lan0\n"
        own = guests.files({"/etc/systemd/network/10-a.link": link})

        self.assert_names_after("ens3 lan0 ens5 ens6", DEBIAN, DEBIAN | own)
        self.assert_names_after("ens3 lan0 ens5 ens6", DEBIAN | own, DEBIAN)

    def test_an_old_udev_does_not_name_a_nic_again(self) -> None:
        default = "[Match]\nOriginalName=*\n[Link]\nNamePolicy=kernel database onboard slot path\n"
        link = "[Match]\nPath=pci-0000:00:04.0\n[Link]\nName=lan0\n"
        old = DEBIAN | guests.files({"/usr/lib/systemd/network/99-default.link": default})

        self.assert_names_after(
            "ens3 ens4 ens5 ens6", old, old | guests.files({"/etc/systemd/network/10-a.link": link})
        )

    def test_a_rule_names_a_nic_again_unless_it_wants_the_kernels_name(self) -> None:
        rules = 'SUBSYSTEM=="net", KERNELS=="0000:00:04.0", NAME="lan0"\n'
        rules += 'SUBSYSTEM=="net", KERNEL=="eth*", KERNELS=="0000:00:05.0", NAME="wan0"\n'
        own = guests.files({"/etc/udev/rules.d/70-persistent-net.rules": rules})

        self.assert_names_after("ens3 lan0 ens5 ens6", DEBIAN, DEBIAN | own)
        self.assert_names_after("ens3 lan0 wan0 ens6", DEBIAN | own, DEBIAN)

    def test_a_name_that_is_taken_is_not_given_to_an_attached_nic(self) -> None:
        link = "[Match]\nOriginalName=eth0\n[Link]\nName=lan0\n"

        self.assert_names(
            ["lan0", "ens4", "ens5", "eth0"], DEBIAN | guests.files({"/etc/systemd/network/10-a.link": link})
        )


class TestLinkFiles(NamingTest):
    def test_the_first_file_that_matches_names_a_nic(self) -> None:
        guest = DEBIAN | guests.files(
            {
                "/etc/systemd/network/10-a.link": "[Match]\nPath=pci-0000:00:04.0\n[Link]\nName=store0\n",
                "/etc/systemd/network/20-b.link": "[Match]\nPath=pci-0000:00:0[45].0\n[Link]\nName=other0\n",
            }
        )

        self.assert_names(["ens3", "store0", "other0", "ens6"], guest)

    def test_a_name_for_another_machine_has_no_effect_and_is_a_pin(self) -> None:
        guest = DEBIAN | guests.files(
            {"/etc/systemd/network/10-a.link": "[Match]\nMACAddress=52:54:00:12:34:56\n[Link]\nName=lan0\n"}
        )

        self.assert_names(PREDICTABLE, guest)
        self.assertEqual(["/etc/systemd/network/10-a.link:2"], [pin.location for pin in naming.find_pins(guest.tree)])

    def test_another_policy_gives_other_names(self) -> None:
        link = "[Match]\nOriginalName=*\n[Link]\nNamePolicy="

        for policy, names in (("path", ["enp0s3", "enp0s4", "enp0s5", "enp0s6"]), ("kernel", KERNELS)):
            with self.subTest(policy=policy, names=names):
                guest = DEBIAN | guests.files({"/etc/systemd/network/10-a.link": f"{link}{policy}\n"})
                self.assert_names(names, guest)

    def test_names_by_mac_address_are_those_of_the_instance(self) -> None:
        link = "[Match]\nOriginalName=*\n[Link]\nNamePolicy=mac\n"

        found = self.named(DEBIAN | guests.files({"/etc/systemd/network/10-a.link": link}))

        self.assertEqual([f"enx{nic.mac.replace(':', '')}" for nic in found.nics], [nic.name for nic in found.nics])

    def test_several_nics_with_one_name_are_unknown(self) -> None:
        self.assert_unknown(
            DEBIAN | guests.files({"/etc/systemd/network/10-a.link": "[Match]\nDriver=virtio_net\n[Link]\nName=lan\n"})
        )


class TestUdevRules(NamingTest):
    def test_a_name_for_another_machine_has_no_effect_and_is_a_pin(self) -> None:
        guest = DEBIAN | guests.files({"/etc/udev/rules.d/70-persistent-net.rules": f"# old\n{OF_ANOTHER}"})

        self.assert_names(PREDICTABLE, guest)
        self.assertEqual(
            [("MAC address 52:54:00:12:34:56", "/etc/udev/rules.d/70-persistent-net.rules:2")],
            [(pin.what, pin.location) for pin in naming.find_pins(guest.tree)],
        )

    def test_a_rule_that_matches_names_a_nic(self) -> None:
        rule = 'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", KERNELS=="0000:00:04.0", NAME="store0"\n'

        self.assert_names(
            ["ens3", "store0", "ens5", "ens6"], DEBIAN | guests.files({"/etc/udev/rules.d/70-net.rules": rule})
        )

    def test_a_condition_that_is_known_only_at_boot_is_unknown(self) -> None:
        rule = 'SUBSYSTEM=="net", PROGRAM=="/sbin/which %k", NAME="%c"\n'

        self.assert_unknown(DEBIAN | guests.files({"/etc/udev/rules.d/70-net.rules": rule}))

    def test_rules_for_other_devices_do_not_matter(self) -> None:
        rules = 'SUBSYSTEM=="block", PROGRAM=="x", NAME="disk"\nSUBSYSTEMS=="usb", ATTRS{idVendor}=="1", NAME="idrac"\n'

        self.assert_names(PREDICTABLE, DEBIAN | guests.files({"/etc/udev/rules.d/70-net.rules": rules}))


class TestForeignNames(NamingTest):
    def test_the_names_of_other_machines_are_foreign(self) -> None:
        predictable, kernels = self.named(DEBIAN).nics, self.named(DEBIAN, "net.ifnames=0").nics

        for name, is_foreign in (("eth0", True), ("enp1s0", True), ("ens10", False), ("ens160", True), ("br0", False)):
            with self.subTest(name=name, is_foreign=is_foreign):
                self.assertIs(is_foreign, naming.is_foreign(name, predictable), name)
        self.assertFalse(naming.is_foreign("eth5", kernels))
        self.assertTrue(naming.is_foreign("enp1s0", kernels))


class TestAnything(NamingTest):
    @settings(deadline=None)
    @given(st.text(alphabet='SUBYTEMNAKRL{}aders=!:,"*?[]|\\\n$%', max_size=200), st.text(max_size=200))
    def test_any_files_give_names_or_unknown(self, rules: str, link: str) -> None:
        guest = DEBIAN | guests.files(
            {"/etc/udev/rules.d/1.rules": rules, "/etc/systemd/network/1.link": f"[Match]\n{link}\n[Link]\n{link}"}
        )

        with suppress(Unknown):
            self.assertEqual(4, len({nic.name for nic in self.named(guest).nics}))
