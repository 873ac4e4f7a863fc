from __future__ import annotations

from tests import base
from vscclient.model.amount import format_size


class TestInWords(base.BaseTestCase):
    def test_amounts_are_short(self) -> None:
        self.assertEqual("11.2 GiB", format_size(12_025_908_428))
        self.assertEqual("40 GiB", format_size(40 * 1024**3))
        self.assertEqual("0 bytes", format_size(0))
        self.assertEqual("1023 bytes", format_size(1023))
