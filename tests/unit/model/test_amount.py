from __future__ import annotations

from tests import base
from vscclient.model.amount import in_words


class TestInWords(base.BaseTestCase):
    def test_amounts_are_short(self) -> None:
        self.assertEqual("11.2 GiB", in_words(12_025_908_428))
        self.assertEqual("40 GiB", in_words(40 * 1024**3))
        self.assertEqual("0 bytes", in_words(0))
        self.assertEqual("1023 bytes", in_words(1023))
