"""Logs and mail."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import USERS, LeftoverTestCase


class TestLogs(LeftoverTestCase):
    kind = Kind.LOG

    def test_logs_are_counted_by_folder(self) -> None:
        files = {
            "/var/log/syslog": "x",
            "/var/log/auth.log": "x",
            "/var/log/journal/0123/system.journal": "x",
            "/var/log/apt/": "",
        }

        self.assertEqual({"/var/log": "2 logs", "/var/log/journal/0123": "1 log"}, self.find(files))

    def test_many_logs_are_not_counted_to_the_end(self) -> None:
        found = self.find({f"/var/log/{number}.log": "x" for number in range(1100)})

        self.assertEqual({"/var/log": "more than 1,000 logs"}, found)

    def test_tables_without_entries_are_harmless(self) -> None:
        self.assertEqual({}, self.find({"/var/log/wtmp": "", "/var/log/lastlog": bytes(292000), "/var/log/btmp": ""}))

    def test_tables_with_entries_are_logs(self) -> None:
        self.assertEqual({"/var/log": "1 log"}, self.find({"/var/log/lastlog": bytes(292) + b"\1"}))

    def test_logs_of_programs_that_install_packages_are_harmless(self) -> None:
        names = (
            *("bootstrap.log", "dpkg.log", "dpkg.log.1", "alternatives.log", "apt/history.log", "apt/term.log.1.gz"),
            *("apt/eipp.log.xz", "apk.log", "dnf.log", "dnf.rpm.log", "dnf.librepo.log", "hawkey.log", "yum.log"),
            *("zypper.log", "zypp/history", "pacman.log", "emerge.log", "fontconfig.log", "fai/debian/fai.log"),
        )

        self.assertEqual({}, self.find({f"/var/log/{name}": "x" for name in names}))

    def test_a_user_who_installed_a_package_is_a_trace(self) -> None:
        history = "Start-Date: 2026-01-01\nCommandline: apt install x\nRequested-By: alice (1000)\n"

        self.assertEqual({"/var/log/apt": "1 log"}, self.find({"/var/log/apt/history.log": history}))

    def test_other_logs_beside_them_are_counted(self) -> None:
        files = {"/var/log/dpkg.log": "x", "/var/log/auth.log": "x", "/var/log/apache2/dpkg.log": "x"}

        self.assertEqual({"/var/log": "1 log", "/var/log/apache2": "1 log"}, self.find(files))

    def test_a_readme_is_not_a_log(self) -> None:
        links = {"/var/log/README": "../../usr/share/doc/systemd/README.logs"}

        self.assertEqual({}, self.find({"/usr/share/doc/systemd/README.logs": "x"}, links=links))

    def test_linked_mail_is_reported_once(self) -> None:
        found = self.find({"/var/mail/alice": "From x\n"}, links={"/var/spool/mail": "../mail"})

        self.assertEqual({"/var/mail/alice": "mail"}, found)

    def test_an_unreadable_folder_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/var/log"]), self.kind)
