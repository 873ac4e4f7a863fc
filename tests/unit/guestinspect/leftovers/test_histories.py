"""Histories of shells, editors and database clients."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.guestinspect.leftovers.leftover_case import LeftoverTestCase


class TestHistories(LeftoverTestCase):
    kind = Kind.HISTORY

    def test_each_is_found(self) -> None:
        names = (
            ".bash_history .zsh_history .python_history .mysql_history .psql_history .sqlite_history .viminfo .lesshst"
            " .wget-hsts .node_repl_history .rediscli_history .histfile .local/share/fish/fish_history"
            " .ipython/profile_default/history.sqlite"
        ).split()

        found = self.found({f"/home/alice/{name}": "ls\n" for name in names})

        self.assertEqual({f"/home/alice/{name}" for name in names}, set(found))

    def test_those_of_system_users_with_a_home_are_found(self) -> None:
        self.assert_found("/var/lib/postgresql/.psql_history", "select 1;\n", "history")

    def test_an_empty_one_or_one_of_nobody_is_harmless(self) -> None:
        self.assert_harmless("/root/.bash_history", "")
        self.assert_harmless("/usr/share/doc/bash/.bash_history", "ls\n")

    def test_one_that_leads_nowhere_is_harmless(self) -> None:
        self.assertEqual({}, self.found({"/dev/null": ""}, links={"/root/.bash_history": "/dev/null"}))
