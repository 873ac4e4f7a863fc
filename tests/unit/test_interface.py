"""The public Python interface: everything that is promised is there."""

from __future__ import annotations

import importlib
import pkgutil

from tests import base
from vscclient import images
from vscclient.osc import image as commands


class TestInterface(base.BaseTestCase):
    def test_every_exported_name_exists(self) -> None:
        for module in pkgutil.iter_modules(images.__path__, "vscclient.images."):
            with self.subTest(module=module):
                loaded = importlib.import_module(module.name)
                for name in getattr(loaded, "__all__", ()):
                    self.assertTrue(hasattr(loaded, name), f"{module.name}.{name}")

    def test_every_command_has_a_module_with_its_word(self) -> None:
        for command in pkgutil.iter_modules(commands.__path__):
            if not command.ispkg:
                with self.subTest(command=command.name):
                    module = importlib.import_module(f"vscclient.images.{command.name}")
                    self.assertIn("run", module.__all__)
