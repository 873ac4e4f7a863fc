"""The modules that the process which looks inside a guest may import besides the standard library."""

from __future__ import annotations

import compileall
import os
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source, find_spec
from pathlib import Path

LIBRARIES = ("fs_explorer", "yaml")

_OURS = Path(__file__).resolve().parents[1]


def folders() -> list[str]:
    """Where they are, a user's own folder too. Nothing is imported for it."""
    return list(dict.fromkeys(str(package.parent) for package in (_OURS, *_libraries())))


def compile_once() -> None:
    """Compiles what an installer left uncompiled (uv does): the child writes nothing, and would do it every time.

    Python compiles what this process imports. A module that the child alone imports tells whether the rest is compiled.
    """
    for package, told_by in (*_ours(), *((library, "__init__.py") for library in _libraries())):
        module = package / told_by
        if module.exists() and not os.path.exists(cache_from_source(str(module))) and _may_write(package):
            compileall.compile_dir(package, quiet=2)


def _ours() -> Iterator[tuple[Path, str]]:
    yield _OURS, "inspector.py"


def _libraries() -> Iterator[Path]:
    """The folders of the packages, and the files of the modules that are none."""
    for library in LIBRARIES:
        spec = find_spec(library)
        if spec and spec.origin:
            origin = Path(spec.origin).absolute()
            yield origin.parent if spec.submodule_search_locations else origin


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and not sys.dont_write_bytecode
