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

    def test_a_readme_is_not_a_log(self) -> None:
        links = {"/var/log/README": "../../usr/share/doc/systemd/README.logs"}

        self.assertEqual({}, self.find({"/usr/share/doc/systemd/README.logs": "x"}, links=links))

    def test_linked_mail_is_reported_once(self) -> None:
        found = self.find({"/var/mail/alice": "From x\n"}, links={"/var/spool/mail": "../mail"})

        self.assertEqual({"/var/mail/alice": "mail"}, found)

    def test_an_unreadable_folder_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/var/log"]), self.kind)
