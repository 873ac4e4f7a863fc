from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


class TestV109(base.BaseTestCase):
    def test_an_image_that_others_use_should_be_protected(self) -> None:
        (found,) = findings("V109", image={"visibility": Visibility.COMMUNITY, "protected": False})

        self.assertEqual(Severity.NOTE, found.severity)
        self.assertEqual(Fix.by(SetField("protected", value=True)), found.fix)

    def test_a_private_image_needs_no_protection(self) -> None:
        self.assertEqual([], findings("V109", image={"protected": False}))
