"""Histories of shells, editors and database clients."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.guestinspect.leftovers.leftover_case import LeftoverTestCase


class TestHistories(LeftoverTestCase):
    kind = Kind.HISTORY

    def test_each_history_is_found(self) -> None:
        names = (
            ".bash_history .zsh_history .python_history .mysql_history .psql_history .sqlite_history .viminfo .lesshst"
            " .wget-hsts .node_repl_history .rediscli_history .histfile .local/share/fish/fish_history"
            " .ipython/profile_default/history.sqlite"
        ).split()

        found = self.find({f"/home/alice/{name}": "ls\n" for name in names})

        self.assertEqual({f"/home/alice/{name}" for name in names}, set(found))

    def test_a_history_of_a_system_user_is_found(self) -> None:
        self.assert_found("/var/lib/postgresql/.psql_history", "select 1;\n", "history")

    def test_an_empty_history_or_one_outside_homes_is_harmless(self) -> None:
        self.assert_harmless("/root/.bash_history", "")
        self.assert_harmless("/usr/share/doc/bash/.bash_history", "ls\n")

    def test_a_history_linked_to_dev_null_is_harmless(self) -> None:
        self.assertEqual({}, self.find({"/dev/null": ""}, links={"/root/.bash_history": "/dev/null"}))
