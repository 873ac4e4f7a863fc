"""One damaged guest, and what a look inside it came to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class End(StrEnum):
    """How a look ended."""

    LOOKED = "looked"
    STUMBLED = "stumbled"
    RAISED = "raised"
    MEMORY = "memory"
    HANG = "hang"
    CRASH = "crash"


FAILURES = frozenset(End) - {End.LOOKED}


@dataclass(frozen=True)
class Case:
    """One damaged guest; the same corpus and the same case are the same bits.

    Args:
        specimen: The name of what is damaged.
        path: Where that disk is; empty: it is a guest in memory.
        seed: Of the whole run.
        number: Of this one in it.
    """

    specimen: str
    path: str
    seed: int
    number: int

    def __str__(self) -> str:
        return f"{self.specimen}:{self.seed}:{self.number}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a look inside came to.

    Args:
        end: How it ended.
        seconds: Of processor time.
        peak_mib: The most memory that the process held.
        different: The facts that are others than of the intact guest, and not unknown.
        is_explained: What was changed includes content of files, or a check sum was forged.
        unknown: How many facts are unknown.
        details: What was done and seen, in words.
    """

    end: End
    seconds: float = 0.0
    peak_mib: float = 0.0
    different: tuple[str, ...] = ()
    is_explained: bool = False
    unknown: int = 0
    details: str = ""


def to_line(thing: Case | Outcome) -> str:
    """As one line of JSON."""
    return json.dumps(asdict(thing)) + "\n"


def case_of(line: str) -> Case:
    """The case in a line."""
    return Case(**json.loads(line))


def outcome_of(line: str) -> Outcome:
    """The outcome in a line."""
    said = json.loads(line)
    return Outcome(**{**said, "end": End(said["end"]), "different": tuple(said["different"])})
