from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import Fix, Recreate


class TestM407(base.BaseTestCase):
    def test_each_format_that_would_change_is_reported(self) -> None:
        changed = {"disk_format": "raw", "container_format": "ovf"}

        found = findings("M407", image=changed, before={"disk_format": "qcow2", "container_format": "bare"})

        self.assertEqual(2, len(found))
        self.assertIn("it is bare, and cannot become ovf", found[0].message)
        self.assertEqual(Fix.by(Recreate()), found[0].fix)
        self.assertTrue(found[0].stops)

    def test_the_formats_of_an_image_without_data_can_change(self) -> None:
        before = {"disk_format": "qcow2", "status": "queued"}

        self.assertEqual([], findings("M407", image={"disk_format": "raw", "status": "queued"}, before=before))

    def test_a_deactivated_image_has_its_data_too(self) -> None:
        before = {"disk_format": "qcow2", "status": "deactivated"}

        self.assertEqual(1, len(findings("M407", image={"disk_format": "raw"}, before=before)))

    def test_a_new_image_can_have_any_format(self) -> None:
        self.assertEqual([], findings("M407", image={"disk_format": "raw"}))
