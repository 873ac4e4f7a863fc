from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

INFORMATION, WARNING, ERROR = Severity.INFORMATION, Severity.WARNING, Severity.ERROR


class TestH502(AnyHygieneRule, HygieneTest):
    code, kind = "H502", Kind.AUTHORIZED_KEY

    def test_it_weighs_more_the_more_people_see_the_image(self) -> None:
        self.assert_weighs(INFORMATION, WARNING, ERROR, ERROR)

    def test_it_says_whose_keys_they_are_and_removes_the_file(self) -> None:
        found = self.said("/home/alice/.ssh/authorized_keys", "2 authorized keys", "alice")

        self.assertEqual("an SSH key is authorized: 2 authorized keys, in a file of alice", found.message)
        self.assertEqual("/home/alice/.ssh/authorized_keys", found.location)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/home/alice/.ssh/authorized_keys")), found.fix)
