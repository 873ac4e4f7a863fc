from __future__ import annotations

from guestinspect.model.guest import NicHotplug, Step
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility

SEVERAL = {"properties": {"vsc_multi_nic": "true"}}
STAYS_DOWN = {"nic_hotplug": NicHotplug(comes_up=False, explanation=(Step("nothing configures ens6"),))}


class TestN203(base.BaseTestCase):
    def test_a_nic_that_stays_down_is_a_warning_for_a_community_image(self) -> None:
        (found,) = findings("N203", image=SEVERAL | {"visibility": Visibility.COMMUNITY}, guest=STAYS_DOWN)

        self.assertEqual(Severity.WARNING, found.severity)
        self.assertIn("attached to a running instance stays down: nothing configures ens6", found.message)

    def test_a_nic_that_stays_down_is_a_note_for_a_private_image(self) -> None:
        (found,) = findings("N203", image=SEVERAL, guest=STAYS_DOWN)

        self.assertEqual(Severity.NOTE, found.severity)

    def test_a_reason_is_not_needed(self) -> None:
        (found,) = findings("N203", image=SEVERAL, guest={"nic_hotplug": NicHotplug(comes_up=False, explanation=())})

        self.assertTrue(found.message.endswith("stays down"))

    def test_an_image_for_a_single_nic_is_not_checked(self) -> None:
        self.assertEqual([], findings("N203", image={"properties": {"vsc_multi_nic": "false"}}, guest=STAYS_DOWN))
