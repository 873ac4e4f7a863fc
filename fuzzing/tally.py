"""The numbers of a run, specimen by specimen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fuzzing.case import FAILURES, Case, End, Outcome

_COLUMNS = ("cases", *(str(end) for end in sorted(FAILURES)), "max MiB", "max s", "unknown", "silent", "explained")


@dataclass
class Tally:
    """What became of the cases.

    Args:
        outcomes: By the name of what was damaged.
    """

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def add(self, case: Case, outcome: Outcome) -> None:
        """Counts one more."""
        self.outcomes.setdefault(case.specimen, []).append(outcome)

    @property
    def failures(self) -> int:
        """How many looks ended in another way than by a report."""
        return sum(outcome.end in FAILURES for outcomes in self.outcomes.values() for outcome in outcomes)

    def lines(self) -> Iterator[str]:
        """A table: a line for each that was damaged, and one for all."""
        yield "".join(("".ljust(17), *(column.rjust(10) for column in _COLUMNS)))
        for name, outcomes in self.outcomes.items():
            yield _line(name, outcomes)
        yield _line("all", [outcome for outcomes in self.outcomes.values() for outcome in outcomes])


def _line(name: str, outcomes: list[Outcome]) -> str:
    return "".join((name.ljust(17), *(str(number).rjust(10) for number in _numbers(outcomes))))


def _numbers(outcomes: list[Outcome]) -> Iterable[int | float]:
    yield len(outcomes)
    for end in sorted(FAILURES):
        yield sum(outcome.end is end for outcome in outcomes)
    yield round(max((outcome.peak_mib for outcome in outcomes), default=0))
    yield round(max((outcome.seconds for outcome in outcomes), default=0), 1)
    yield sum(outcome.unknown > 0 for outcome in outcomes)
    yield sum(is_silent(outcome) for outcome in outcomes)
    yield sum(bool(outcome.different) and outcome.is_explained for outcome in outcomes)


def is_silent(outcome: Outcome) -> bool:
    """Whether facts are others, though only what leads to the files was damaged, and no check sum forged."""
    return outcome.end is End.LOOKED and bool(outcome.different) and not outcome.is_explained
