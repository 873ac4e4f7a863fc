"""The conditions of a verdict, and the verdict if a condition is not met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics
from guestinspect.network.cloud_init.plan import NetworkSource, fallback_of
from guestinspect.network.explanation import join_names
from guestinspect.network.outcomes import boot_outcomes, summarize
from guestinspect.network.pci_slots import Q35_SLOTS
from guestinspect.network.simulation import BootInputs, Outcome, boot
from guestinspect.network.stack import Method


@dataclass(frozen=True)
class Assumption:
    """A condition of a verdict.

    Args:
        what: The condition, in words.
        otherwise: The verdict if it is not met; None if that cannot be forecast.
    """

    what: str
    otherwise: Nics | None


def find_assumptions(inputs: BootInputs, outcomes: tuple[Outcome, ...]) -> tuple[Assumption, ...]:
    """Return the conditions without which the verdict would be another one."""
    verdict = summarize(outcomes)
    return tuple(condition for condition in _list_conditions(inputs, outcomes) if condition.otherwise is not verdict)


def _list_conditions(inputs: BootInputs, outcomes: tuple[Outcome, ...]) -> Iterator[Assumption]:
    """Yield the conditions that a boot can depend on: the data source, the names of the NICs, fixed addresses."""
    if inputs.plan.source is NetworkSource.CLOUD:
        otherwise = _verdict(replace(inputs, plan=fallback_of(inputs.plan)))
        if otherwise is not None:
            yield Assumption(inputs.plan.assumes, otherwise)

    names = join_names([outcome.nic.name for outcome in outcomes])
    yield Assumption(f"the NICs are called {names}", _verdict(replace(inputs, slots=Q35_SLOTS)))

    # An instance is reached at the addresses of the cloud only: a guest that sets another one is not reached.
    fixed = [outcome for outcome in outcomes if outcome.answer and outcome.answer.method is Method.STATIC]
    if fixed:
        names = join_names([outcome.nic.name for outcome in fixed])
        otherwise = summarize(replace(each, answer=None) if each in fixed else each for each in outcomes)
        address = "address" if len(fixed) == 1 else "addresses"
        yield Assumption(f"the cloud gives {names} the same {address} as the guest's files", otherwise)


def _verdict(inputs: BootInputs) -> Nics | None:
    try:
        return summarize(boot_outcomes(boot(inputs)))
    except Unknown:
        return None
