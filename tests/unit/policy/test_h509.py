from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

NOTE, WARNING = Severity.NOTE, Severity.WARNING


class TestH509(AnyHygieneRule, HygieneTest):
    code, kind = "H509", Kind.LOG

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, NOTE, WARNING, WARNING)

    def test_a_folder_of_logs_is_emptied(self) -> None:
        found = self.finding("/var/log", "12 logs")

        self.assertEqual("logs or mail are in the guest: 12 logs", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.RUN, "find /var/log -type f -delete")), found.fix)

    def test_mail_is_removed(self) -> None:
        found = self.finding("/var/mail/alice", "mail", "alice")

        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/var/mail/alice")), found.fix)
