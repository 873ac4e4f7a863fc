"""The conditions of a verdict, and the verdict if a condition is not met."""

from __future__ import annotations

from dataclasses import dataclass, replace

from guestinspect.guest.cloud_init.datasource import EVERY_NIC
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics
from guestinspect.model.machine import MachineType
from guestinspect.network.cloud_init.plan import NetworkSource, fallback_of
from guestinspect.network.explanation import join_names
from guestinspect.network.outcomes import boot_outcomes, summarize
from guestinspect.network.pci_slots import I440FX, Q35, Q35_WITH_BRIDGE
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
    """Return the conditions without which the verdict would be another one.

    A boot can depend on the data source, on the names of the NICs, and on fixed addresses.
    """
    conditions: list[Assumption] = []
    if inputs.plan.source is NetworkSource.CLOUD:
        without_source = _verdict_without_source(inputs)
        if without_source is not None or inputs.plan.assumes != EVERY_NIC:
            conditions.append(Assumption(inputs.plan.assumes, without_source))

    names = join_names([outcome.nic.name for outcome in outcomes])
    machine = inputs.layout.machine
    article = "an" if machine is MachineType.I440FX else "a"
    what = f"the NICs are called {names}, as on {article} {machine} machine"
    conditions.append(Assumption(what, _verdict_on_other_machine(inputs)))

    # An instance is reached at the addresses of the cloud only: a guest that sets another one is not reached.
    fixed = [outcome for outcome in outcomes if outcome.answer and outcome.answer.method is Method.STATIC]
    if fixed:
        names = join_names([outcome.nic.name for outcome in fixed])
        without_fixed = summarize(replace(each, answer=None) if each in fixed else each for each in outcomes)
        address = "address" if len(fixed) == 1 else "addresses"
        what = f"the cloud gives {names} the same {address} as the guest's files"
        conditions.append(Assumption(what, without_fixed))

    verdict = summarize(outcomes)
    return tuple(condition for condition in conditions if condition.otherwise is not verdict)


def _verdict_on_other_machine(inputs: BootInputs) -> Nics | None:
    """Return the verdict on the other machine type; None if the layouts of its PCI bus lead to several verdicts."""
    layouts = (Q35, Q35_WITH_BRIDGE) if inputs.layout.machine is MachineType.I440FX else (I440FX,)
    verdicts = {_verdict(replace(inputs, layout=layout)) for layout in layouts}
    return verdicts.pop() if len(verdicts) == 1 else None


def _verdict_without_source(inputs: BootInputs) -> Nics | None:
    try:
        return _verdict(replace(inputs, plan=fallback_of(inputs.plan)))
    except Unknown:
        return None


def _verdict(inputs: BootInputs) -> Nics | None:
    try:
        return summarize(boot_outcomes(boot(inputs)))
    except Unknown:
        return None
