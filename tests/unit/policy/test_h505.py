from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


class TestH505(AnyHygieneRule, HygieneTest):
    code, kind = "H505", Kind.HISTORY

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, WARNING, ERROR, ERROR)

    def test_the_finding_names_the_user(self) -> None:
        found = self.finding("/home/alice/.bash_history", "history", "alice")

        self.assertEqual("input of alice is in the guest: history", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/home/alice/.bash_history")), found.fix)
