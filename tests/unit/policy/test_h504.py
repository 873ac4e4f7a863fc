from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


class TestH504(AnyHygieneRule, HygieneTest):
    code, kind = "H504", Kind.PASSWORD

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, WARNING, ERROR, ERROR)

    def test_a_user_is_locked(self) -> None:
        found = self.finding("/etc/shadow", "password of alice", "alice")

        self.assertEqual("a user can log in with a password: password of alice", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.LOCK_PASSWORD, "alice")), found.fix)

    def test_a_configuration_is_edited(self) -> None:
        found = self.finding("/etc/cloud/cloud.cfg", "password in cloud-init's configuration")

        self.assertEqual(Fix.by(InGuest(GuestAction.EDIT, "/etc/cloud/cloud.cfg")), found.fix)

    def test_a_copy_of_old_passwords_is_removed(self) -> None:
        found = self.finding("/etc/shadow-", "password hash")

        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/etc/shadow-")), found.fix)

    def test_a_name_that_may_be_code_is_in_no_command(self) -> None:
        for owner in ("a'; reboot; '", "a/e", "", "-x"):
            with self.subTest(owner=owner):
                found = self.finding("/etc/passwd", "password of x", owner)

                self.assertEqual(Fix.by(InGuest(GuestAction.EDIT, "/etc/passwd")), found.fix)
