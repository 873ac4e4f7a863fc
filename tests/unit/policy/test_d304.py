from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import FileAction, Fix, OnFile


class TestD304(base.BaseTestCase):
    def test_a_compressed_file_names_its_unpacker(self) -> None:
        (found,) = findings("D304", disk={"archive_format": "xz"})

        self.assertEqual("the data is a xz file, not a disk", found.message)
        self.assertEqual(Fix.by(OnFile(FileAction.UNPACK, "xz")), found.fix)

    def test_an_archive_without_a_known_unpacker_has_advice_too(self) -> None:
        (found,) = findings("D304", disk={"archive_format": "arj"})

        self.assertTrue(found.fix)
