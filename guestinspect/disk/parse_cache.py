"""What was made of a file is kept: the boot of a guest is thought through several times."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

_LONGEST_BYTES = 32 * 1024
"""What is made of a longer file is not kept: it may take a hundred times the file's memory. The longest of a Debian
guest's configuration has 25 KiB."""

_MOST_FILES = 512


def parse_once(parse: Callable[[str, bytes], T]) -> Callable[[str, bytes], T]:
    """The same function of a path and a content, not asked twice; what it makes of them must not be changed."""
    known = lru_cache(_MOST_FILES)(parse)

    def parsed(path: str, content: bytes) -> T:
        return known(path, content) if len(content) <= _LONGEST_BYTES else parse(path, content)

    return parsed
