"""The recipients of an image."""

from __future__ import annotations

from tests import base
from vscclient.model.visibility import Recipients, Visibility

PRIVATE, SHARED, COMMUNITY, PUBLIC = Visibility


class TestRecipients(base.BaseTestCase):
    def test_a_community_image_covers_all_recipients(self) -> None:
        for wide in (COMMUNITY, PUBLIC):
            with self.subTest(wide=wide):
                for other in Visibility:
                    self.assertTrue(
                        Recipients(visibility=wide, owner="a").covers(Recipients(visibility=other, owner="b"))
                    )

    def test_only_a_community_or_public_image_covers_everybody(self) -> None:
        for narrow in (PRIVATE, SHARED):
            with self.subTest(narrow=narrow):
                for wide in (COMMUNITY, PUBLIC):
                    self.assertFalse(
                        Recipients(visibility=narrow, owner="a").covers(Recipients(visibility=wide, owner="a"))
                    )

    def test_members_count_only_while_the_image_is_shared(self) -> None:
        wanted = Recipients(visibility=SHARED, owner="a", members=frozenset("b"))

        self.assertTrue(Recipients(visibility=SHARED, owner="a", members=frozenset("bc")).covers(wanted))
        self.assertFalse(Recipients(visibility=PRIVATE, owner="a", members=frozenset("bc")).covers(wanted))

    def test_a_private_image_covers_its_owner(self) -> None:
        self.assertTrue(Recipients(visibility=PRIVATE, owner="a").covers(Recipients(visibility=PRIVATE, owner="a")))
        self.assertFalse(Recipients(visibility=PRIVATE, owner="b").covers(Recipients(visibility=PRIVATE, owner="a")))
