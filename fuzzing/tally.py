"""The statistics of a run, by specimen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fuzzing.case import FAILURES, Case, End, Outcome

_COLUMNS = ("cases", *(str(end) for end in sorted(FAILURES)), "max MiB", "max s", "unknown", "silent", "explained")


@dataclass
class Tally:
    """The outcomes of the cases.

    Args:
        outcomes: The outcomes by the name of the specimen.
    """

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def add(self, case: Case, outcome: Outcome) -> None:
        """Add an outcome."""
        self.outcomes.setdefault(case.specimen, []).append(outcome)

    @property
    def failures(self) -> int:
        """Return the number of failed inspections."""
        return sum(outcome.end in FAILURES for outcomes in self.outcomes.values() for outcome in outcomes)

    def lines(self) -> Iterator[str]:
        """Yield the lines of a table: one for each specimen, and one for all."""
        yield "".join(("".ljust(17), *(column.rjust(10) for column in _COLUMNS)))
        for name, outcomes in self.outcomes.items():
            yield _format_line(name, outcomes)
        yield _format_line("all", [outcome for outcomes in self.outcomes.values() for outcome in outcomes])


def _format_line(name: str, outcomes: list[Outcome]) -> str:
    return "".join((name.ljust(17), *(str(number).rjust(10) for number in _list_numbers(outcomes))))


def _list_numbers(outcomes: list[Outcome]) -> Iterable[int | float]:
    yield len(outcomes)
    for end in sorted(FAILURES):
        yield sum(outcome.end is end for outcome in outcomes)
    yield round(max((outcome.peak_mib for outcome in outcomes), default=0))
    yield round(max((outcome.seconds for outcome in outcomes), default=0), 1)
    yield sum(outcome.unknown > 0 for outcome in outcomes)
    yield sum(is_silent(outcome) for outcome in outcomes)
    yield sum(bool(outcome.different) and outcome.is_explained for outcome in outcomes)


def is_silent(outcome: Outcome) -> bool:
    """Return True if known facts differ although neither content of files nor a checksum was changed."""
    return outcome.end is End.INSPECTED and bool(outcome.different) and not outcome.is_explained
