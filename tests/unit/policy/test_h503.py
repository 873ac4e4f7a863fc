from __future__ import annotations

from guestinspect.model.leftover import Kind, Leftover
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Advice, Fix, GuestAction, InGuest

WARNING, ERROR = Severity.WARNING, Severity.ERROR


class TestH503(AnyHygieneRule, HygieneTest):
    code, kind = "H503", Kind.PRIVATE_KEY

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(WARNING, ERROR, ERROR, ERROR)

    def test_the_finding_names_the_kind_of_key(self) -> None:
        found = self.finding("/root/.ssh/id_rsa", "RSA private key, with a passphrase")

        self.assertEqual("a private key of root is in the guest: RSA private key, with a passphrase", found.message)

    def test_a_path_can_have_spaces(self) -> None:
        found = self.finding("/root/.ssh/my key", "RSA private key")

        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/root/.ssh/my key")), found.fix)

    def test_a_key_in_another_system_is_not_deleted_by_a_command(self) -> None:
        found = self.finding("partition 2:/root/.ssh/id_rsa", "RSA private key")

        self.assertEqual(Fix.by(Advice("delete the other system, or this in it")), found.fix)

    def test_the_first_of_many_keys_are_listed_and_the_rest_are_counted(self) -> None:
        found = self.found(*(Leftover(self.kind, f"/root/.ssh/{number:03}", "private key") for number in range(50)))

        self.assertEqual(21, len(found))
        self.assertEqual(["30 more of this kind (private key)"], [f.message for f in found if "more" in f.message])
