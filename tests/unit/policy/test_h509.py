from __future__ import annotations

from guestinspect.model.leftover import Kind, Leftover
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

    def test_logs_with_one_fix_are_one_finding(self) -> None:
        logs = {"/var/log": "12 logs", "/var/log/apt": "2 logs", "/var/log/journal/1": "1 log"}

        (found,) = self.found(*(Leftover(self.kind, path, what, "root") for path, what in logs.items()))

        self.assertEqual("logs or mail are in 3 places of the guest", found.message)
        self.assertEqual("/var/log, /var/log/apt and /var/log/journal/1", found.location)
        self.assertEqual(Fix.by(InGuest(GuestAction.RUN, "find /var/log -type f -delete")), found.fix)

    def test_mailboxes_with_one_fix_are_one_finding(self) -> None:
        (found,) = self.found(*(Leftover(self.kind, f"/var/mail/{user}", "mail", user) for user in ("root", "alice")))

        self.assertEqual(Fix.by(InGuest(GuestAction.RUN, "find /var/mail -type f -delete")), found.fix)

    def test_reports_of_crashes_and_mail_at_home_have_their_own_fixes(self) -> None:
        places = {"/var/crash": "1 crash report", "/home/alice/mbox": "mail", "/var/log/nginx": "1 log"}

        found = self.found(*(Leftover(self.kind, path, what, "root") for path, what in places.items()))

        self.assertEqual(
            {
                "/var/crash": Fix.by(InGuest(GuestAction.RUN, "find /var/crash -type f -delete")),
                "/home/alice/mbox": Fix.by(InGuest(GuestAction.DELETE, "/home/alice/mbox")),
                "/var/log/nginx": Fix.by(InGuest(GuestAction.RUN, "find /var/log/nginx -type f -delete")),
            },
            {one.location: one.fix for one in found},
        )
