"""The modules that the process which inspects a guest may import, and their byte code."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import fixtures

from guestinspect.process import modules
from guestinspect.process.run import inspect_file
from tests import base


class ModulesTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.ours = self.package("guestinspect", "__init__", "inspector", "run")
        self.library = self.package("fs_explorer", "__init__", "tree")
        self.cache = self.folder / "cache"
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.modules._OURS", self.ours))
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.modules.LIBRARIES", ("fs_explorer",)))
        self.useFixture(fixtures.MonkeyPatch("sys.path", [str(self.folder), *sys.path]))
        self.useFixture(fixtures.MonkeyPatch("sys.dont_write_bytecode", False))
        not_imported = {name: module for name, module in sys.modules.items() if name != "fs_explorer"}
        self.useFixture(fixtures.MonkeyPatch("sys.modules", not_imported))
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", str(self.cache)))

    def package(self, name: str, *names: str) -> Path:
        package = self.folder / name
        package.mkdir()
        for module in names:
            (package / f"{module}.py").write_text("x = 1\n")
        return package

    def compile_in_place(self) -> None:
        """Compile as an installer does."""
        for module in (*self.ours.glob("*.py"), *self.library.glob("*.py")):
            py_compile.compile(str(module))


class TestFolders(ModulesTest):
    def test_each_folder_is_on_the_path_once(self) -> None:
        self.assertEqual([str(self.folder)], modules.folders())

    def test_a_library_that_is_not_installed_is_omitted(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.modules.LIBRARIES", ("no_such_library",)))

        self.assertEqual([str(self.folder)], modules.folders())


class TestSentinels(base.BaseTestCase):
    def test_each_sentinel_is_a_module(self) -> None:
        found = modules.sentinels()

        self.assertEqual(1 + len(modules.LIBRARIES), len(found))
        for sentinel in found:
            with self.subTest(sentinel=sentinel):
                self.assertTrue(sentinel.is_file())

    def test_only_the_child_imports_the_sentinel(self) -> None:
        script = "import sys, guestinspect.api; print('guestinspect.inspector' in sys.modules)"

        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

        self.assertEqual("False\n", done.stdout)

    def test_the_compiled_module_is_where_python_writes_it(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder, "module.py")
            module.write_text("")

            subprocess.run([sys.executable, "-I", "-m", "compileall", "-q", folder], check=True)

            self.assertTrue(modules._compiled(module).is_file())


class TestByteCode(ModulesTest):
    def test_byte_code_of_an_installer_is_used_in_place(self) -> None:
        self.compile_in_place()

        self.assertIsNone(modules.bytecode_folder())
        self.assertFalse(self.cache.exists())

    def test_uncompiled_packages_are_compiled_once_into_the_cache_folder(self) -> None:
        with mock.patch.object(subprocess, "run", wraps=subprocess.run) as started:
            folders = {modules.bytecode_folder() for _ in range(3)}

        self.assertEqual({str(self.cache / "guestinspect" / "bytecode")}, folders)
        self.assertEqual(1, started.call_count)
        self.assertEqual(5, len(list(self.cache.rglob("*.pyc"))))

    def test_nothing_is_written_where_the_modules_are_installed(self) -> None:
        modules.bytecode_folder()

        self.assertEqual([], list(self.ours.rglob("*.pyc")) + list(self.library.rglob("*.pyc")))

    def test_modules_that_the_parent_imported_do_not_count_as_compiled(self) -> None:
        started = self.useFixture(fixtures.MockPatchObject(subprocess, "run")).mock
        py_compile.compile(str(self.ours / "__init__.py"))
        py_compile.compile(str(self.ours / "run.py"))

        self.assertIsNotNone(modules.bytecode_folder())
        self.assertEqual(1, started.call_count)

    def test_an_upgrade_is_compiled_again(self) -> None:
        started = self.useFixture(fixtures.MockPatchObject(subprocess, "run")).mock
        modules.bytecode_folder()
        os.utime(self.ours / "inspector.py", (1, 1))

        modules.bytecode_folder()

        self.assertEqual(2, started.call_count)

    def test_python_without_byte_code_writes_none(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("sys.dont_write_bytecode", True))

        self.assertIsNone(modules.bytecode_folder())
        self.assertFalse(self.cache.exists())

    def test_a_cache_folder_that_cannot_be_used_is_not_used(self) -> None:
        def a_file() -> None:
            self.cache.write_text("")

        def of_everybody() -> None:
            (self.cache / "guestinspect" / "bytecode").mkdir(parents=True)
            (self.cache / "guestinspect" / "bytecode").chmod(0o777)

        for make in (a_file, of_everybody):
            with self.subTest(make=make):
                make()

                self.assertIsNone(modules.bytecode_folder())
                self.assertEqual([], list(self.cache.rglob("*.pyc")))
            if self.cache.is_file():
                self.cache.unlink()

    def test_a_user_without_a_home_has_no_cache_folder(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME"))
        self.useFixture(fixtures.MockPatch("os.path.expanduser", lambda path: path))

        self.assertIsNone(modules.bytecode_folder())

    def test_a_compiler_that_cannot_be_started_stops_nothing(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("sys.executable", "/nowhere/python"))

        self.assertIsNotNone(modules.bytecode_folder())


class TestChild(base.BaseTestCase):
    def test_the_child_reads_byte_code_from_the_cache_folder(self) -> None:
        """Byte code that says something else than its source shows which of them was read."""
        folder = Path(self.useFixture(fixtures.TempDir()).path)
        source = modules._OURS / "inspector.py"
        other = folder / "other.py"
        other.write_text("raise SystemExit(77)\n" + "#" * (source.stat().st_size - 21))
        os.utime(other, ns=(0, source.stat().st_mtime_ns))
        cached = folder / "prefix" / str(source).lstrip("/")
        py_compile.compile(str(other), str(cached.with_name(f"inspector.{sys.implementation.cache_tag}.pyc")))
        self.useFixture(fixtures.MockPatchObject(modules, "bytecode_folder", lambda: str(folder / "prefix")))

        with tempfile.TemporaryFile() as disk:
            found: Any = inspect_file(disk).guest["boot"]

        self.assertEqual("the inspection failed with exit status 77", found.unknown)
