from __future__ import annotations

from guestinspect.model.leftover import Kind, Leftover
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

WARNING, ERROR = Severity.WARNING, Severity.ERROR


class TestH503(AnyHygieneRule, HygieneTest):
    code, kind = "H503", Kind.PRIVATE_KEY

    def test_it_weighs_more_the_more_people_see_the_image(self) -> None:
        self.assert_weighs(WARNING, ERROR, ERROR, ERROR)

    def test_it_says_what_key_it_is(self) -> None:
        found = self.said("/root/.ssh/id_rsa", "RSA private key, with a passphrase")

        self.assertEqual("a private key of root is in the guest: RSA private key, with a passphrase", found.message)

    def test_a_path_can_have_spaces(self) -> None:
        found = self.said("/root/.ssh/my key", "RSA private key")

        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/root/.ssh/my key")), found.fix)

    def test_of_very_many_some_are_told_and_the_rest_are_counted(self) -> None:
        found = self.found(*(Leftover(self.kind, f"/root/.ssh/{number:03}", "private key") for number in range(50)))

        self.assertEqual(21, len(found))
        self.assertEqual(["30 more of this kind (private key)"], [f.message for f in found if "more" in f.message])
