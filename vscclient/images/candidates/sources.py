"""The texts that can stand at a place: codes of rules, properties, and the names that commands of the last day saw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from vscclient.images.candidates.command_line import Kind, Place

_POLICY = Path(__file__).parents[2] / "policy"
_RULE_FILE = re.compile(r"([a-z][0-9]{3})_.*\.py")


def texts_of(place: Place, typed: str) -> Iterator[str]:
    """Yield the texts that can stand at a place and begin with what is typed."""
    for kind in place.kinds:
        yield from _texts_of_kind(kind, typed)


def _texts_of_kind(kind: Kind, typed: str) -> Iterator[str]:
    if isinstance(kind, list):
        yield from (text for text in kind if text.startswith(typed))
    elif kind == "code":
        yield from (code for code in _rule_codes() if code.startswith(typed.upper()))


def _rule_codes() -> list[str]:
    """Return the codes of the built-in rules. Their files bear them: importing the rules takes too long."""
    matches = (_RULE_FILE.fullmatch(path.name) for path in _POLICY.glob("*/*.py"))
    return sorted(match[1].upper() for match in matches if match)
