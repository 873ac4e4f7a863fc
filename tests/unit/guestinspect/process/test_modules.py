"""What the process that looks inside a guest may import."""

from __future__ import annotations

import os
import py_compile
import sys
from pathlib import Path

import fixtures

from guestinspect.process import modules
from tests import base


class TestModules(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.package = self.folder / "fs_explorer"
        self.package.mkdir()
        for name in ("__init__", "tree"):
            (self.package / f"{name}.py").write_text("x = 1\n")
        self.useFixture(fixtures.MonkeyPatch("sys.path", [str(self.folder), *sys.path]))
        self.useFixture(fixtures.MonkeyPatch("sys.dont_write_bytecode", False))
        not_imported = {name: module for name, module in sys.modules.items() if name != "fs_explorer"}
        self.useFixture(fixtures.MonkeyPatch("sys.modules", not_imported))

    def compiled(self) -> list[str]:
        """The modules of the library that are compiled."""
        return sorted(path.name.split(".")[0] for path in self.package.rglob("*.pyc"))

    def test_they_are_ours_and_those_of_the_libraries_each_folder_once(self) -> None:
        ours = str(Path(modules.__file__).parents[2])

        folders = modules.folders()

        self.assertEqual([ours, str(self.folder)], folders[:2])
        self.assertEqual(len(set(folders)), len(folders))

    def test_a_library_that_is_not_there_is_left_out(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.modules.LIBRARIES", ("no_such_library",)))

        self.assertEqual(1, len(modules.folders()))

    def test_what_no_installer_compiled_is_compiled_once(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.modules._OURS", self.folder))

        modules.compile_once()
        os.unlink(next(self.package.rglob("tree*.pyc")))
        modules.compile_once()

        self.assertEqual(["__init__"], self.compiled())

    def test_what_this_process_imported_of_ours_does_not_count(self) -> None:
        ours = self.folder / "guestinspect"
        ours.mkdir()
        for name in ("__init__", "inspector", "run"):
            (ours / f"{name}.py").write_text("x = 1\n")
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.modules._OURS", ours))
        py_compile.compile(str(ours / "__init__.py"))
        py_compile.compile(str(ours / "run.py"))

        modules.compile_once()

        self.assertEqual(3, len(list(ours.rglob("*.pyc"))))

    def test_who_wants_no_bytecode_gets_none(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("sys.dont_write_bytecode", True))

        modules.compile_once()

        self.assertEqual([], self.compiled())
