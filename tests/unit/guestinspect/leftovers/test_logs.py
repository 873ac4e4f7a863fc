"""Logs and mail."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import USERS, LeftoverTestCase


class TestLogs(LeftoverTestCase):
    kind = Kind.LOG

    def test_they_are_counted_by_folder(self) -> None:
        files = {
            "/var/log/syslog": "x",
            "/var/log/auth.log": "x",
            "/var/log/journal/0123/system.journal": "x",
            "/var/log/apt/": "",
        }

        self.assertEqual({"/var/log": "2 logs", "/var/log/journal/0123": "1 log"}, self.found(files))

    def test_many_are_no_longer_counted(self) -> None:
        found = self.found({f"/var/log/{number}.log": "x" for number in range(1100)})

        self.assertEqual({"/var/log": "more than 1,000 logs"}, found)

    def test_tables_without_entries_are_harmless(self) -> None:
        self.assertEqual({}, self.found({"/var/log/wtmp": "", "/var/log/lastlog": bytes(292000), "/var/log/btmp": ""}))

    def test_tables_with_entries_are_logs(self) -> None:
        self.assertEqual({"/var/log": "1 log"}, self.found({"/var/log/lastlog": bytes(292) + b"\1"}))

    def test_a_note_to_the_reader_is_none(self) -> None:
        links = {"/var/log/README": "../../usr/share/doc/systemd/README.logs"}

        self.assertEqual({}, self.found({"/usr/share/doc/systemd/README.logs": "x"}, links=links))

    def test_mail_is_told_once_wherever_it_is_linked(self) -> None:
        found = self.found({"/var/mail/alice": "From x\n"}, links={"/var/spool/mail": "../mail"})

        self.assertEqual({"/var/mail/alice": "mail"}, found)

    def test_a_damaged_folder_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/var/log"]), self.kind)
