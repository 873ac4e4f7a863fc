"""The public Python interface: what is promised is there."""

from __future__ import annotations

from oslotest import base

from vscclient.images import create, rules


class TestInterface(base.BaseTestCase):
    def test_all_that_create_exports_is_there(self) -> None:
        for name in create.__all__:
            self.assertTrue(hasattr(create, name), name)

    def test_all_that_rules_exports_is_there(self) -> None:
        for name in rules.__all__:
            self.assertTrue(hasattr(rules, name), name)
