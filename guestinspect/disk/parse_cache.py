"""A cache of parsed files: the boot of a guest is forecast several times, from the same files."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_MAX_BYTES = 32 * 1024
"""A longer file is parsed each time: parsed, it may take a hundred times its size in memory. The longest configuration
file of a Debian guest has 25 KiB."""

_MAX_FILES = 512


def parse_once(parse: Callable[[str, bytes], T]) -> Callable[[str, bytes], T]:
    """Cache the results of a function of a path and its content. Callers share the results and must not change them."""
    cached = lru_cache(_MAX_FILES)(parse)

    def parsed(path: str, content: bytes) -> T:
        return cached(path, content) if len(content) <= _MAX_BYTES else parse(path, content)

    return parsed
