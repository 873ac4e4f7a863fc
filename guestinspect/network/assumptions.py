"""What has to be so for a verdict to hold, and what it would be if it were not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics
from guestinspect.network.cloud_init.plan import Source, fallback_of
from guestinspect.network.explanation import in_words
from guestinspect.network.outcomes import at_boot, counted
from guestinspect.network.simulation import BootInputs, Outcome, boot
from guestinspect.network.slots import ANOTHER_MACHINE
from guestinspect.network.stack import Method


@dataclass(frozen=True)
class Assumption:
    """Something that has to be so.

    Args:
        what: In words.
        without: The verdict if it is not; None: nobody can tell.
    """

    what: str
    without: Nics | None


def assumptions(given: BootInputs, outcomes: tuple[Outcome, ...]) -> tuple[Assumption, ...]:
    """What the verdict hangs on: only that without which it would be another one."""
    which = counted(outcomes)
    return tuple(
        premise
        for premise in (*_data_source(given), _names(given, outcomes), *_addresses(outcomes))
        if premise.without is not which
    )


def _data_source(given: BootInputs) -> Iterator[Assumption]:
    if given.plan.source is Source.CLOUD:
        without = _verdict(replace(given, plan=fallback_of(given.plan)))
        if without is not None:
            yield Assumption(given.plan.assumes, without)


def _names(given: BootInputs, outcomes: tuple[Outcome, ...]) -> Assumption:
    called = in_words([outcome.nic.name for outcome in outcomes])
    return Assumption(f"its NICs are called {called}", _verdict(replace(given, slots=ANOTHER_MACHINE)))


def _addresses(outcomes: tuple[Outcome, ...]) -> Iterator[Assumption]:
    """An instance is reached at the addresses that the cloud gives it, whatever others it takes."""
    fixed = [outcome for outcome in outcomes if outcome.answer and outcome.answer.method is Method.STATIC]
    if fixed:
        called = in_words([outcome.nic.name for outcome in fixed])
        without = counted(replace(each, answer=None) if each in fixed else each for each in outcomes)
        address = "address" if len(fixed) == 1 else "addresses"
        yield Assumption(f"the cloud gives {called} the same {address} as the guest's files", without)


def _verdict(given: BootInputs) -> Nics | None:
    try:
        return counted(at_boot(boot(given)))
    except Unknown:
        return None
