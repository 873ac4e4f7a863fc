from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import Fix, Recreate


class TestD307(base.BaseTestCase):
    def test_a_qcow2_declared_raw_is_refused_whatever_is_waived(self) -> None:
        waived = {"waived": frozenset({"D301", "D307"})}

        (found,) = findings("D307", image={"disk_format": "raw"}, disk={"disk_format": "qcow2"}, plan=waived)

        self.assertTrue(found.stops)

    def test_the_fix_of_an_image_in_the_cloud_is_a_new_image(self) -> None:
        (found,) = findings("D307", image={"disk_format": "raw"}, before={}, disk={"disk_format": "qcow2"})

        self.assertEqual("the file is qcow2, but it is declared raw", found.message)
        self.assertEqual(Fix.by(Recreate()), found.fix)

    def test_any_other_wrong_format_is_not_reported_by_d307(self) -> None:
        self.assertEqual([], findings("D307", image={"disk_format": "vmdk"}, disk={"disk_format": "qcow2"}))
