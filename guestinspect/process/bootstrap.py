"""The first lines of the process that looks inside a guest. It is run as a file, by an interpreter with no packages.

Its one argument says, in JSON, what it may use, where the modules are that it needs, and what it has to look at.
"""

from __future__ import annotations

import errno
import gc
import importlib
import json
import os
import resource
import sys
from collections.abc import Mapping
from typing import Any

OUT_OF_MEMORY = errno.ENOMEM
"""The exit status that says so."""

_NEW_OBJECTS = 50_000
"""How many more objects there must be before Python looks for rings of unused ones. After 700, as is usual, it does so
all through the imports: a tenth of a look's time."""

_LAST_WORDS_S = 3
"""Seconds of processor time between the signal that says that it is used up, and the end without a word."""


def run(order: Mapping[str, Any]) -> None:
    """Limits itself, finds the modules, and lets the function that is named look."""
    for number, most in order["limits"]:
        _limit(number, most)
    sys.path += order["paths"]
    module, _, function = order["target"].partition(":")
    getattr(importlib.import_module(module), function)(
        _blocks(order["disk_fd"], order["size_bytes"]), order["report_fd"]
    )


def _limit(number: int, most: int) -> None:
    """Lowers a limit."""
    soft, hard = resource.getrlimit(number)
    spare = _LAST_WORDS_S if number == resource.RLIMIT_CPU else 0
    resource.setrlimit(number, (_lower(soft, most), _lower(hard, most + spare)))


def _lower(inherited: int, most: int) -> int:
    return most if inherited == resource.RLIM_INFINITY else min(inherited, most)


def _blocks(fd: int, size_bytes: int | None) -> Any:
    """What to look at: the file that was handed over, or a disk of this size at the other end of a pipe."""
    if size_bytes is None:
        file = open(fd, "rb", buffering=0, closefd=False)  # noqa: SIM115
        return importlib.import_module("guestinspect.disk.blocks").FileBlocks(file)
    return importlib.import_module("guestinspect.process.pipe").PipeBlocks(fd, size_bytes)


if __name__ == "__main__":
    try:
        gc.set_threshold(_NEW_OBJECTS)
        run(json.loads(sys.argv[1]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    os._exit(0)  # all is told: taking apart what was imported is a tenth of a look's time
