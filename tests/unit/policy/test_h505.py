from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

INFORMATION, WARNING, ERROR = Severity.INFORMATION, Severity.WARNING, Severity.ERROR


class TestH505(AnyHygieneRule, HygieneTest):
    code, kind = "H505", Kind.HISTORY

    def test_it_weighs_more_the_more_people_see_the_image(self) -> None:
        self.assert_weighs(INFORMATION, WARNING, ERROR, ERROR)

    def test_it_says_who_typed_it(self) -> None:
        found = self.said("/home/alice/.bash_history", "history", "alice")

        self.assertEqual("input of alice is in the guest: history", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/home/alice/.bash_history")), found.fix)
