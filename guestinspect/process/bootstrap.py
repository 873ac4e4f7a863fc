"""The first lines of the process that inspects a guest. It is run as a file, by an interpreter without packages.

Its one argument is JSON: the limits, the folders of the modules, and the disk.
"""

from __future__ import annotations

import errno
import gc
import importlib
import importlib.machinery
import json
import os
import resource
import sys
from collections.abc import Mapping
from types import CodeType
from typing import Any

OUT_OF_MEMORY = errno.ENOMEM
"""The exit status of a child that ran out of memory."""

_NEW_OBJECTS = 50_000
"""Number of new objects after which Python looks for cycles of unused ones. With its default, 700, it does so all
through the imports: a tenth of an inspection's time."""

_LAST_WORDS_S = 3
"""Seconds of processor time between the signal at the limit, when the report is written, and the end by force."""


def run(order: Mapping[str, Any]) -> None:
    """Apply the limits, find the modules, and call the function that inspects.

    Args:
        order: The argument of the process.
    """
    for number, most in order["limits"]:
        soft, hard = resource.getrlimit(number)
        spare = _LAST_WORDS_S if number == resource.RLIMIT_CPU else 0
        resource.setrlimit(number, (_lower(soft, most), _lower(hard, most + spare)))
    sys.path += order["folders"]
    if order["bytecode_folder"]:
        _read_bytecode_from(order["bytecode_folder"], tuple(order["folders"]))
    fd, size_bytes = order["disk_fd"], order["size_bytes"]
    if size_bytes is None:
        file = open(fd, "rb", buffering=0, closefd=False)  # noqa: SIM115 - it stays open until the process ends
        blocks = importlib.import_module("guestinspect.disk.blocks").FileBlocks(file)
    else:  # a remote disk, whose blocks come from the other end of a socket
        blocks = importlib.import_module("guestinspect.process.pipe").PipeBlocks(fd, size_bytes)
    module, _, function = order["target"].partition(":")
    getattr(importlib.import_module(module), function)(blocks, order["report_fd"])


def _lower(inherited: int, most: int) -> int:
    return most if inherited == resource.RLIM_INFINITY else min(inherited, most)


def _read_bytecode_from(folder: str, paths: tuple[str, ...]) -> None:
    """Import the modules below these paths with the byte code in a folder.

    ``-X pycache_prefix`` would do it for the standard library as well, whose byte code is where it is installed.
    """

    # the loader asks for the prefix only while it looks for byte code: importlib.util.cache_from_source
    class Loader(importlib.machinery.SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType | None:
            sys.pycache_prefix = folder
            try:
                return super().get_code(fullname)
            finally:
                sys.pycache_prefix = None

    def finder(path: str) -> importlib.machinery.FileFinder:
        if not path.startswith(paths):
            raise ImportError(path)
        extensions = (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES)
        return importlib.machinery.FileFinder(path, extensions, (Loader, importlib.machinery.SOURCE_SUFFIXES))

    # the first hook that does not raise ImportError is used, and its finder is cached: Python reference, "Path entry
    # finders"
    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()


if __name__ == "__main__":
    try:
        gc.set_threshold(_NEW_OBJECTS)
        run(json.loads(sys.argv[1]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    os._exit(0)  # the report is written: taking apart what was imported is a tenth of an inspection's time
