from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

WARNING, ERROR = Severity.WARNING, Severity.ERROR


class TestH506(AnyHygieneRule, HygieneTest):
    code, kind = "H506", Kind.CREDENTIAL

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(WARNING, ERROR, ERROR, ERROR)

    def test_a_file_of_a_user_is_removed(self) -> None:
        found = self.finding("/root/.aws/credentials", "AWS credentials")

        self.assertEqual("credentials of root are in the guest: AWS credentials", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/root/.aws/credentials")), found.fix)

    def test_a_file_of_the_system_is_edited(self) -> None:
        self.assertEqual(
            Fix.by(InGuest(GuestAction.EDIT, "/etc/fstab")), self.finding("/etc/fstab", "password for a share").fix
        )
