"""Settings of sshd that admit passwords or root."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.fact import Unknown
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import LeftoverTestCase

MAIN = "/etc/ssh/sshd_config"
DROP_IN = "/etc/ssh/sshd_config.d/50-mine.conf"
INCLUDE = "Include /etc/ssh/sshd_config.d/*.conf\n"
SERVER = {"/usr/sbin/sshd": b"\x7fELF"}
CLOUD_INIT = {"/usr/bin/cloud-init": "#!/usr/bin/python3\n"}


class TestSshd(LeftoverTestCase):
    kind = Kind.OPEN_SSHD

    def find_settings(self, main: str, more: dict[str, str] | None = None) -> dict[str, str]:
        """Return the settings that are found in this configuration, by file."""
        return self.find({**SERVER, MAIN: main, **(more or {})})

    def test_a_setting_that_admits_passwords_is_found(self) -> None:
        found = self.find_settings("Port 22\npasswordauthentication Yes\n")

        self.assertEqual({MAIN: "PasswordAuthentication Yes (line 2)"}, found)

    def test_the_default_admits_passwords(self) -> None:
        self.assertEqual(
            {MAIN: "PasswordAuthentication yes, the default"}, self.find_settings("#PasswordAuthentication no\n")
        )

    def test_cloud_init_replaces_the_default(self) -> None:
        self.assertEqual({}, self.find_settings("UsePAM yes\n", CLOUD_INIT))

    def test_disabled_cloud_init_does_not_replace_the_default(self) -> None:
        found = self.find_settings("UsePAM yes\n", {**CLOUD_INIT, "/etc/cloud/cloud-init.disabled": ""})

        self.assertEqual([MAIN], list(found))

    def test_the_first_value_counts(self) -> None:
        self.assertEqual({}, self.find_settings("PasswordAuthentication no\nPasswordAuthentication yes\n"))

    def test_an_included_file_counts_at_its_place(self) -> None:
        self.assertEqual(
            {}, self.find_settings(f"{INCLUDE}PasswordAuthentication yes\n", {DROP_IN: "PasswordAuthentication no\n"})
        )
        self.assertEqual(
            {DROP_IN: "PasswordAuthentication yes (line 1)"},
            self.find_settings(f"{INCLUDE}PasswordAuthentication no\n", {DROP_IN: "PasswordAuthentication=yes\n"}),
        )

    def test_a_file_that_is_not_included_does_not_count(self) -> None:
        self.assertEqual(
            {}, self.find_settings("PasswordAuthentication no\n", {DROP_IN: "PasswordAuthentication yes\n"})
        )

    def test_a_match_block_does_not_count(self) -> None:
        block = "Match Address 10.0.0.0/8\n  PasswordAuthentication yes\n  PermitRootLogin yes\n"

        self.assertEqual({}, self.find_settings(f"PasswordAuthentication no\n{block}"))
        self.assertEqual(
            {MAIN}, set(self.find_settings(f"PasswordAuthentication no\n{block}Match all\nPermitRootLogin yes\n"))
        )

    def test_a_match_ends_with_the_included_file(self) -> None:
        found = self.find_settings(
            f"{INCLUDE}PasswordAuthentication yes\n", {DROP_IN: "Match User me\nX11Forwarding no\n"}
        )

        self.assertEqual([MAIN], list(found))

    def test_a_setting_that_admits_root_is_found(self) -> None:
        found = self.find_settings("PasswordAuthentication no\nPermitRootLogin yes\n")

        self.assertEqual({MAIN: "PermitRootLogin yes (line 2)"}, found)

    def test_root_with_a_key_only_is_harmless(self) -> None:
        self.assertEqual({}, self.find_settings("PasswordAuthentication no\nPermitRootLogin prohibit-password\n"))

    def test_passwords_through_pam_are_found(self) -> None:
        found = self.find_settings("PasswordAuthentication no\nUsePAM yes\nKbdInteractiveAuthentication yes\n")

        self.assertEqual({MAIN: "KbdInteractiveAuthentication yes (line 3)"}, found)

    def test_a_password_beside_a_key_is_harmless(self) -> None:
        self.assertEqual(
            {}, self.find_settings("PasswordAuthentication yes\nAuthenticationMethods publickey,password\n")
        )

    def test_the_setting_of_cloud_init_takes_precedence(self) -> None:
        no = {**CLOUD_INIT, "/etc/cloud/cloud.cfg": "ssh_pwauth: false\n"}
        yes = {**CLOUD_INIT, "/etc/cloud/cloud.cfg": "ssh_pwauth: true\n"}

        self.assertEqual({}, self.find_settings("PasswordAuthentication yes\n", no))
        self.assertEqual({}, self.find_settings(f"{INCLUDE}PasswordAuthentication yes\n", no))
        self.assertEqual(
            {"/etc/cloud/cloud.cfg": "cloud-init's ssh_pwauth: true"},
            self.find_settings(f"{INCLUDE}PasswordAuthentication no\n", yes),
        )

    def test_a_drop_in_before_that_of_cloud_init_takes_precedence(self) -> None:
        early = "/etc/ssh/sshd_config.d/01-early.conf"
        no = {**CLOUD_INIT, "/etc/cloud/cloud.cfg": "ssh_pwauth: false\n", early: "PasswordAuthentication yes\n"}

        self.assertEqual([early], list(self.find_settings(INCLUDE, no)))

    def test_a_guest_without_a_server_has_no_settings(self) -> None:
        self.assertEqual({}, self.find({MAIN: "PasswordAuthentication yes\nPermitRootLogin yes\n"}))

    def test_an_unreadable_file_is_unknown(self) -> None:
        tree = MemoryTree({**SERVER, MAIN: INCLUDE}, unreadable=[DROP_IN])

        self.assertRaises(Unreadable, find_leftovers, tree, self.kind)

    def test_files_that_include_one_another_are_unknown(self) -> None:
        tree = MemoryTree({**SERVER, MAIN: f"Include {MAIN}\n"})

        self.assertRaises(Unreadable, find_leftovers, tree, self.kind)

    def test_long_lines_included_many_times_are_unknown(self) -> None:
        more = {f"{DROP_IN}{number}.conf": f"Include {DROP_IN}*\nBanner {'a' * 4000}\n" for number in range(20)}

        self.assertRaises(Unreadable, find_leftovers, MemoryTree({**SERVER, MAIN: INCLUDE, **more}), self.kind)

    @given(st.text(st.sampled_from("Match all Include yes=\"'*/\n\t#PasswordAuthentication"), max_size=200))
    def test_any_configuration_is_read_or_unknown(self, content: str) -> None:
        try:
            find_leftovers(MemoryTree({**SERVER, MAIN: content}), self.kind)
        except Unknown as unknown:
            self.assertNotEqual("", unknown.why)
