from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import Advice, Fix, Recreate, Reference, SetField
from vscclient.model.visibility import Visibility
from vscclient.policy.example import project

COMMUNITY, PRIVATE = {"visibility": Visibility.COMMUNITY}, {"visibility": Visibility.PRIVATE}


class TestV105(base.BaseTestCase):
    def test_an_image_without_data_cannot_be_published(self) -> None:
        (found,) = findings("V105", image=COMMUNITY | {"status": "queued"})

        self.assertEqual("the image has no data yet", found.message)
        self.assertEqual(Fix.by(Advice("upload its data first")) | Fix.by(Recreate()), found.fix)
        self.assertTrue(found.stops)

    def test_a_deactivated_image_must_be_activated_first(self) -> None:
        (found,) = findings("V105", image=COMMUNITY | {"status": "deactivated"}, before=PRIVATE)

        self.assertEqual(Fix.by(SetField("status", "active")), found.fix)

    def test_an_image_that_is_being_saved_is_not_ready(self) -> None:
        (found,) = findings("V105", image=COMMUNITY | {"status": "saving"})

        self.assertEqual("the image is not ready: its status is saving", found.message)
        self.assertEqual(Fix.by(Advice("wait until the image is active", Reference.STATUS)), found.fix)

    def test_an_old_image_can_be_retired(self) -> None:
        deactivated = COMMUNITY | {"status": "deactivated"}

        self.assertEqual([], findings("V105", image=deactivated, before={"status": "active"}))

    def test_an_image_cannot_be_published_and_retired_at_once(self) -> None:
        deactivated = COMMUNITY | {"status": "deactivated"}

        self.assertEqual(1, len(findings("V105", image=deactivated, before=PRIVATE | {"status": "active"})))

    def test_a_retired_image_is_reported_if_nothing_changes(self) -> None:
        deactivated = COMMUNITY | {"status": "deactivated"}

        self.assertEqual(1, len(findings("V105", image=deactivated, before={})))
        self.assertEqual([], findings("V105", image=deactivated, before={"tags": ("x",)}))

    def test_a_hidden_image_cannot_be_published(self) -> None:
        (found,) = findings("V105", image=COMMUNITY | {"hidden": True}, before=PRIVATE)

        self.assertEqual(Fix.by(SetField("os_hidden", value=False)), found.fix)

    def test_a_community_image_can_be_hidden(self) -> None:
        self.assertEqual([], findings("V105", image=COMMUNITY | {"hidden": True}, before={"hidden": False}))

    def test_a_hidden_community_image_can_be_activated_again(self) -> None:
        hidden = COMMUNITY | {"hidden": True, "status": "active"}

        self.assertEqual([], findings("V105", image=hidden, before={"status": "deactivated"}))

    def test_a_hidden_image_cannot_be_shared(self) -> None:
        hidden = {"visibility": Visibility.SHARED, "hidden": True}

        self.assertEqual(1, len(findings("V105", image=hidden, before=PRIVATE, plan={"members": (project(),)})))
