from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


class TestH502(AnyHygieneRule, HygieneTest):
    code, kind = "H502", Kind.AUTHORIZED_KEY

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, WARNING, ERROR, ERROR)

    def test_the_finding_names_the_owner_of_the_keys_and_removes_the_file(self) -> None:
        found = self.finding("/home/alice/.ssh/authorized_keys", "2 authorized keys", "alice")

        self.assertEqual("an SSH key is authorized: 2 authorized keys, in a file of alice", found.message)
        self.assertEqual("/home/alice/.ssh/authorized_keys", found.location)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/home/alice/.ssh/authorized_keys")), found.fix)
