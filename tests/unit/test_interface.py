"""The public Python interface: what is promised is there."""

from __future__ import annotations

import importlib
import pkgutil

from tests import base
from vscclient import images

VERBS = "answering audit check create delete inspect listing members private rules share unshare update".split()
"""The modules with a ``run`` or a word of the user's."""


class TestInterface(base.BaseTestCase):
    def test_all_that_is_exported_is_there(self) -> None:
        for module in pkgutil.iter_modules(images.__path__, "vscclient.images."):
            with self.subTest(module=module):
                loaded = importlib.import_module(module.name)
                for name in getattr(loaded, "__all__", ()):
                    self.assertTrue(hasattr(loaded, name), f"{module.name}.{name}")

    def test_each_verb_exports_something(self) -> None:
        for verb in VERBS:
            with self.subTest(verb=verb):
                self.assertTrue(importlib.import_module(f"vscclient.images.{verb}").__all__, verb)
