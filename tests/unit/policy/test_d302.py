from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import FileAction, Fix, OnFile, Recreate


class TestD302(base.BaseTestCase):
    def test_every_other_file_is_named(self) -> None:
        found = findings("D302", disk={"references": ("backing file 'base.qcow2'", "data file 'd.raw'")})

        self.assertEqual(2, len(found))
        self.assertIn("'base.qcow2'", found[0].message)

    def test_the_message_about_an_existing_image_mentions_no_upload(self) -> None:
        (found,) = findings("D302", before={}, disk={"references": ("data file 'd'",)})

        self.assertEqual("the disk needs another file, which is not in the image: data file 'd'", found.message)
        self.assertEqual(Fix.by(OnFile(FileAction.CONVERT, "qcow2"), Recreate()), found.fix)

    def test_no_waiver_lifts_d302(self) -> None:
        (found,) = findings("D302", disk={"references": ("data file 'd'",)}, plan={"waived": frozenset({"D302"})})

        self.assertTrue(found.stops)
