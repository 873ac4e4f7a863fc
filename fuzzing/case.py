"""One damaged guest, and the outcome of its inspection."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class End(StrEnum):
    """The end of an inspection."""

    INSPECTED = "inspected"
    CAUGHT = "caught"
    """An unexpected exception made a fact unknown."""
    UNCAUGHT = "uncaught"
    """An exception ended the inspection."""
    MEMORY = "memory"
    HANG = "hang"
    CRASH = "crash"


FAILURES = frozenset(End) - {End.INSPECTED}


@dataclass(frozen=True)
class Case:
    """One damaged guest. The same case of the same corpus has the same bytes.

    Args:
        specimen: The name of the guest that is damaged.
        path: The path of its disk; empty: the guest is in memory.
        seed: The seed of the run.
        number: The number of the case in the run.
    """

    specimen: str
    path: str
    seed: int
    number: int

    def __str__(self) -> str:
        return f"{self.specimen}:{self.seed}:{self.number}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of an inspection.

    Args:
        end: The end of the inspection.
        seconds: The processor time in seconds.
        peak_mib: The peak of the memory of the process, in MiB.
        different: The known facts that differ from those of the intact guest.
        is_explained: Whether content of files was damaged, or checksums were forged.
        unknown: The number of unknown facts.
        details: The damage and the errors, in words.
    """

    end: End
    seconds: float = 0.0
    peak_mib: float = 0.0
    different: tuple[str, ...] = ()
    is_explained: bool = False
    unknown: int = 0
    details: str = ""


def to_line(item: Case | Outcome) -> str:
    """Return one line of JSON."""
    return json.dumps(asdict(item)) + "\n"


def parse_case(line: str) -> Case:
    """Return the case in a line of JSON."""
    return Case(**json.loads(line))


def parse_outcome(line: str) -> Outcome:
    """Return the outcome in a line of JSON."""
    fields = json.loads(line)
    return Outcome(**{**fields, "end": End(fields["end"]), "different": tuple(fields["different"])})
