from __future__ import annotations

from tests import base
from tests.unit.policy.judging import findings


class TestD304(base.BaseTestCase):
    def test_a_compressed_file_names_its_unpacker(self) -> None:
        (found,) = findings("D304", disk={"wrapping": "xz"})

        self.assertEqual(("it is a xz file, not a disk", "unxz FILE"), (found.message, found.fix))

    def test_an_archive_without_a_known_unpacker_has_advice_too(self) -> None:
        (found,) = findings("D304", disk={"wrapping": "arj"})

        self.assertEqual("unpack it first", found.fix)
