"""The modules that the process which inspects a guest may import besides the standard library, and their byte code.

The child writes nothing, so it would compile its modules at every inspection where the installer has not compiled them
(uv does not). Then they are compiled once into the user's cache folder, never into the folder of the installation: that
may belong to a server, or to all users of a cluster. Measured on a small guest: 0.42 s of processor time uncompiled,
0.20 s compiled, in either place; compiling takes 1.1 s, once.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("fs_explorer", "yaml")

_OURS = Path(__file__).resolve().parents[1]

_SENTINEL = "inspector.py"
"""A module of this package that only the child imports. Python compiles the modules that the parent imports."""

_COMPILE_TIMEOUT_S = 60.0
"""All three packages take 2 s."""

_COMPILING = threading.Lock()
"""Held while the packages are compiled: an audit inspects several images at a time."""


def folders() -> list[str]:
    """Return the folders on the child's path, a user's own folder too. Nothing is imported to find them."""
    return list(dict.fromkeys(str(package.parent) for package in (_OURS, *_libraries())))


def sentinels() -> list[Path]:
    """Return one module of each package that is compiled only if all modules of the package are."""
    return [_OURS / _SENTINEL, *(path / "__init__.py" if path.is_dir() else path for path in _libraries())]


def bytecode_folder() -> str | None:
    """Return the folder with the child's byte code, as :data:`sys.pycache_prefix`; compile it first if need be.

    Returns:
        The folder; None if the modules are compiled where they are installed, or nothing can or shall be written.
    """
    if sys.dont_write_bytecode or all(_compiled(module).exists() for module in sentinels()):
        return None
    folder = _cache_folder()
    if folder is None:
        return None
    identity = [(str(module), module.stat().st_mtime_ns) for module in sentinels()]  # an upgrade writes them anew
    marker = folder / f"compiled-{hashlib.sha256(repr((sys.version, identity)).encode()).hexdigest()[:16]}"
    with _COMPILING:
        if not marker.exists():
            _compile(folder)
            marker.touch()
    return str(folder)


def _libraries() -> Iterator[Path]:
    """Find the folder of each package, and the file of each module that is not a package."""
    for library in LIBRARIES:
        spec = find_spec(library)
        if spec and spec.origin:
            origin = Path(spec.origin).absolute()
            yield origin.parent if spec.submodule_search_locations else origin


def _compiled(module: Path) -> Path:
    """Return the byte code beside a module. ``cache_from_source`` would obey settings that the child does not have."""
    return module.parent / "__pycache__" / f"{module.stem}.{sys.implementation.cache_tag}.pyc"


def _cache_folder() -> Path | None:
    """Return the folder for byte code in the user's cache folder, if it is there and nobody else can write to it.

    Source: XDG Base Directory Specification.
    """
    cache = os.environ.get("XDG_CACHE_HOME", "")
    cache = cache if os.path.isabs(cache) else os.path.expanduser("~/.cache")
    folder = Path(cache, "guestinspect", "bytecode")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    is_private = status.st_uid == os.getuid() and not status.st_mode & 0o022
    return folder if is_private and folder.is_absolute() and os.access(folder, os.W_OK) else None


def _compile(folder: Path) -> None:
    packages = [str(path) for path in (_OURS, *_libraries())]
    command = [sys.executable, "-I", "-S", "-B", "-X", f"pycache_prefix={folder}", "-m", "compileall", "-qq", *packages]
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_COMPILE_TIMEOUT_S,
            check=False,  # what does not compile is a matter of the child that imports it
        )
    except (OSError, subprocess.TimeoutExpired):
        return
