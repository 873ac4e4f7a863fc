"""Whom an image reaches."""

from __future__ import annotations

from tests import base
from vscclient.model.recipients import Recipients
from vscclient.model.visibility import Visibility

PRIVATE, SHARED, COMMUNITY, PUBLIC = Visibility


class TestReach(base.BaseTestCase):
    def test_what_is_for_everybody_reaches_anybody(self) -> None:
        for wide in (COMMUNITY, PUBLIC):
            with self.subTest(wide=wide):
                for other in Visibility:
                    self.assertTrue(
                        Recipients(visibility=wide, owner="a").covers(Recipients(visibility=other, owner="b"))
                    )

    def test_nothing_less_reaches_everybody(self) -> None:
        for narrow in (PRIVATE, SHARED):
            with self.subTest(narrow=narrow):
                for wide in (COMMUNITY, PUBLIC):
                    self.assertFalse(
                        Recipients(visibility=narrow, owner="a").covers(Recipients(visibility=wide, owner="a"))
                    )

    def test_members_are_reached_only_while_it_is_shared(self) -> None:
        wanted = Recipients(visibility=SHARED, owner="a", members=frozenset("b"))

        self.assertTrue(Recipients(visibility=SHARED, owner="a", members=frozenset("bc")).covers(wanted))
        self.assertFalse(Recipients(visibility=PRIVATE, owner="a", members=frozenset("bc")).covers(wanted))

    def test_a_private_one_reaches_its_owner(self) -> None:
        self.assertTrue(Recipients(visibility=PRIVATE, owner="a").covers(Recipients(visibility=PRIVATE, owner="a")))
        self.assertFalse(Recipients(visibility=PRIVATE, owner="b").covers(Recipients(visibility=PRIVATE, owner="a")))
