"""The page that is made from the docstring of a rule."""

from __future__ import annotations

from tests import base
from vscclient.policy.rule import Rule
from vscclient.policy.rule_page import Page, page_of


class Whole(Rule):
    """It asks this, of a file
    such as ``a.b c``. And it asks that.

    Why: who knows. Fix: is not the next part here,
    nor is this line.
    Fix: do this,
    and that.
    """  # noqa: D205  # a docstring to be read, not one to be imitated


class Short(Rule):
    """It asks this."""


class TestPage(base.BaseTestCase):
    def test_each_part_of_a_page_is_one_line(self) -> None:
        expected = Page(
            requirement="It asks this, of a file such as ``a.b c``. And it asks that.",
            why="who knows. Fix: is not the next part here, nor is this line.",
            fix="do this, and that.",
        )

        self.assertEqual(expected, page_of(Whole()))

    def test_a_page_can_consist_of_the_requirement_alone(self) -> None:
        self.assertEqual(Page(requirement="It asks this."), page_of(Short()))

    def test_a_page_begins_with_a_sentence(self) -> None:
        self.assertEqual("It asks this, of a file such as ``a.b c``.", page_of(Whole()).first_sentence)
