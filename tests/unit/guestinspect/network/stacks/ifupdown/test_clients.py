"""The scripts that run before a NIC is up, and the DHCP clients that ifupdown starts."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.tree import Status, Type, Unreadable
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.network.stack import Machine
from guestinspect.network.stacks.ifupdown import stack as ifupdown
from guestinspect.network.stacks.ifupdown.stack import Ifupdown
from tests.trees import MemoryTree
from tests.unit.guestinspect.network.stacks.ifupdown.guests import (
    DEBIAN,
    ENABLED,
    INTERFACES,
    IfupdownTest,
    a_guest,
    nics,
)


class TestBeforehand(IfupdownTest):
    """The scripts that ifup runs before a NIC comes up."""

    FOLDER = "/etc/network/if-pre-up.d"
    ENS3 = "auto ens3\niface ens3 inet dhcp\n"

    def guest(self, name: str, mode: int, interfaces: str = ENS3) -> Ifupdown | None:
        path = f"{self.FOLDER}/{name}"
        tree = MemoryTree(
            {**DEBIAN, INTERFACES: interfaces, path: "#!/bin/sh\n"},
            links=ENABLED,
            statuses={path: Status(Type.FILE, mode=mode)},
        )
        return ifupdown.find_active(Machine(tree, Units(tree), nics(), ()))

    def test_a_script_of_the_guests_own_makes_a_nic_unknown(self) -> None:
        for interfaces in (self.ENS3, "auto ens3\niface ens3 inet static\n address 10.0.0.5/24\n"):
            with self.subTest(interfaces=interfaces):
                stack = self.guest("firewall", 0o755, interfaces)
                assert stack is not None

                unknown = self.assertRaises(Unknown, stack.answer, nics()[0])

                self.assertEqual(
                    f"{self.FOLDER}/firewall: ifup runs this script first, and ens3 stays down if it fails", unknown.why
                )
                self.assertFalse(stack.answer(nics()[1]).comes_up)

    def test_scripts_of_packages_are_harmless(self) -> None:
        for name in ("ethtool", "wireless-tools", "wpasupplicant", "bridge", "vlan", "ifenslave", "hostapd"):
            with self.subTest(name=name):
                self.assert_up("ens3", self.guest(name, 0o755))

    def test_a_script_that_is_not_run_is_harmless(self) -> None:
        for name, mode in (("firewall.sh", 0o755), ("firewall~", 0o755), ("firewall", 0o644)):
            with self.subTest(name=name, mode=mode):
                self.assert_up("ens3", self.guest(name, mode))

    def test_a_folder_that_cannot_be_read_is_not_empty(self) -> None:
        tree = MemoryTree({**DEBIAN, INTERFACES: self.ENS3}, links=ENABLED, unreadable=[self.FOLDER])
        stack = ifupdown.find_active(Machine(tree, Units(tree), nics(), ()))
        assert stack is not None

        self.assertRaises(Unreadable, stack.answer, nics()[0])

    def test_a_nic_that_authenticates_to_its_network_is_unknown(self) -> None:
        self.assert_unknown(a_guest(f"{self.ENS3} wpa-driver wired\n wpa-conf /etc/wpa.conf\n"))


class TestClients(IfupdownTest):
    """The DHCP clients' own files."""

    ENS3 = "auto ens3\niface ens3 inet dhcp\n"
    FIXED = "auto ens3\niface ens3 inet static\n address 10.0.0.5/24\n"
    CONF = "/etc/dhcp/dhclient.conf"
    DEBIANS = (
        "option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;\n"
        "send host-name = gethostname();\nrequest subnet-mask, broadcast-address, time-offset, routers,\n"
        "\tdomain-name, domain-name-servers, host-name;\n#require subnet-mask, domain-name-servers;\n"
        '#reject 192.33.137.209;\n#interface "eth0";\n'
    )

    def test_settings_that_make_dhclient_refuse_offers_are_unknown(self) -> None:
        for statement in (
            "reject 10.0.0.1;",
            "  REJECT\n 10.0.0.1;",
            "require subnet-mask, domain-name-servers;",
            "also require routers;",
            'interface "ens3" { send host-name "a"; }',
            'script "/usr/local/sbin/mine";',
            'if option x = "{" { reject 10.0.0.1; }',
        ):
            with self.subTest(statement=statement):
                self.assert_unknown(a_guest(self.ENS3, more={self.CONF: f"{self.DEBIANS}{statement}\n"}))

    def test_the_reason_has_the_location(self) -> None:
        stack = a_guest(self.ENS3, more={self.CONF: "timeout 300;\nsend x 1; require\n  routers;\n"})
        assert stack is not None

        unknown = self.assertRaises(Unknown, stack.answer, nics()[0])

        self.assertEqual(f"{self.CONF}:2: require may keep ens3 from getting an address", unknown.why)

    def test_debians_own_file_is_harmless(self) -> None:
        for more in (
            "",
            "timeout 300;\nretry 60;\n",
            "require subnet-mask;",
            "also request ntp-servers;",
            'lease { interface "eth0"; fixed-address 10.0.0.1; option x { reject 1; } }\ntimeout 9;',
            'supersede domain-name "reject; require routers;";',
        ):
            with self.subTest(more=more):
                self.assert_up("ens3", a_guest(self.ENS3, more={self.CONF: self.DEBIANS + more}))

    def test_hooks_that_make_dhclients_script_fail_are_unknown(self) -> None:
        for path, text in (
            ("/etc/dhcp/dhclient-exit-hooks.d/mine", "exit_status=1\n"),
            ("/etc/dhcp/dhclient-exit-hooks.d/mine", "if true; then exit 1; fi\n"),
            ("/etc/dhcp/dhclient-exit-hooks", "[ -f /x ] || exit 2\n"),
            ("/etc/dhcp/dhclient-enter-hooks.d/mine", "exit 0\n"),
            ("/etc/dhcp/dhclient-enter-hooks.d/mine", '    new_ip_address="10.0.0.1"\n'),
        ):
            with self.subTest(path=path, text=text):
                self.assert_unknown(a_guest(self.ENS3, more={path: text}))

    def test_other_hooks_are_harmless(self) -> None:
        for path, text in (
            ("/etc/dhcp/dhclient-exit-hooks.d/rfc3442-classless-routes", "exit_status=1\n"),
            ("/etc/dhcp/dhclient-exit-hooks.d/mine.sh", "exit 1\n"),
            ("/etc/dhcp/dhclient-exit-hooks.d/mine", "# exit 1\necho $new_ip_address; exit 0\n"),
            ("/etc/dhcp/dhclient-enter-hooks.d/nodns", "make_resolv_conf() {\n    :\n}\n"),
            ("/etc/dhcp/dhclient-enter-hooks.d/debug", "exit 1\n"),
        ):
            with self.subTest(path=path, text=text):
                self.assert_up("ens3", a_guest(self.ENS3, more={path: text}))

    def test_dhcpcd_has_a_file_of_its_own(self) -> None:
        files = {path: text for path, text in DEBIAN.items() if "dhclient" not in path} | {"/usr/sbin/dhcpcd": "ELF"}
        for line, outcome in (
            ("require dhcp_server_identifier", "ens3"),
            ("reject domain_name", ""),
            ("denyinterfaces ens3", ""),
            ("noipv4", ""),
        ):
            with self.subTest(line=line, outcome=outcome):
                stack = a_guest(self.ENS3, files=files, more={"/etc/dhcpcd.conf": f"{line}\n", self.CONF: "reject 1;"})

                if outcome:
                    self.assert_up(outcome, stack)
                else:
                    self.assert_unknown(stack)

    def test_a_fixed_address_needs_no_client(self) -> None:
        self.assert_up("ens3", a_guest(self.FIXED, more={self.CONF: "reject 10.0.0.1;\n"}))

    @given(st.text(alphabet='{};"#\\ \nabc,', max_size=60) | st.text(max_size=40))
    def test_any_file_gets_an_answer(self, text: str) -> None:
        stack = a_guest(self.ENS3, more={self.CONF: text, "/etc/dhcp/dhclient-enter-hooks": text})
        assert stack is not None

        with suppress(Unknown):
            stack.answer(nics()[0])
