from __future__ import annotations

from oslotest import base

from vscclient.tests.unit.policy.judging import findings


class TestD302(base.BaseTestCase):
    def test_every_other_file_is_named(self) -> None:
        found = findings("D302", disk={"references": ("backing file 'base.qcow2'", "data file 'd.raw'")})

        self.assertEqual(2, len(found))
        self.assertIn("'base.qcow2'", found[0].message)

    def test_no_waiver_lifts_it(self) -> None:
        (found,) = findings("D302", disk={"references": ("data file 'd'",)}, plan={"waived": frozenset({"D302"})})

        self.assertTrue(found.stops)
