from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

NOTE, WARNING = Severity.NOTE, Severity.WARNING


class TestH507(AnyHygieneRule, HygieneTest):
    code, kind = "H507", Kind.IDENTITY

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, NOTE, WARNING, WARNING)

    def test_a_machine_id_is_emptied_not_removed(self) -> None:
        found = self.finding("/etc/machine-id", "machine ID")

        self.assertEqual("the guest has the identity of one machine: machine ID", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.EMPTY, "/etc/machine-id")), found.fix)

    def test_other_state_is_removed(self) -> None:
        found = self.finding("/var/lib/cloud/instances/i-1", "cloud-init's state of an instance")

        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/var/lib/cloud/instances/i-1")), found.fix)
