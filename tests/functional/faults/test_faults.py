"""One fault of each kind: the command ends with a known exit status, and what it says about its end is true."""

from __future__ import annotations

from tests.functional.base import FunctionalTest
from tests.functional.faults import table
from tests.functional.faults.kinds import KINDS
from tests.functional.faults.rows import ROWS
from tests.functional.faults.trial import Laboratory
from tests.functional.faults.truth import untruths

PARTS = 4
"""The rows are tried in as many tests, which run side by side."""


class TestFaults(FunctionalTest):
    def assert_ends(self, part: int) -> None:
        """Assert that each PARTS-th row ends as expected and as on the page for users, and that it tells the truth."""
        laboratory, on_the_page = Laboratory(self.cloud, self.folder), table.read()
        for row in ROWS[part::PARTS]:
            with self.subTest(row=str(row.trial)):
                outcome = laboratory.run(row.trial)

                self.assertEqual([], list(untruths(outcome)), outcome.stderr)
                self.assertEqual(row.status, outcome.status, outcome.stderr)
                self.assertIn(outcome.left, row.left.split(" or "), outcome.stderr)
                self.assertTrue(table.has(on_the_page, outcome), f"not in {table.PAGE_TABLE}: {table.end_of(outcome)}")

    def test_the_first_part_ends_as_it_says(self) -> None:
        self.assert_ends(0)

    def test_the_second_part_ends_as_it_says(self) -> None:
        self.assert_ends(1)

    def test_the_third_part_ends_as_it_says(self) -> None:
        self.assert_ends(2)

    def test_the_fourth_part_ends_as_it_says(self) -> None:
        self.assert_ends(3)

    def test_each_kind_of_fault_has_a_row(self) -> None:
        tried = {row.trial.fault for row in ROWS}

        self.assertEqual({kind.title for kind in KINDS}, tried)
