"""The explanation of a verdict, in sentences: a step that is the same for several NICs is one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guestinspect.model.guest import Step

_NIC = "\0"
"""Stands for the name of a NIC; no name contains it."""

_PLURAL = {"comes": "come", "stays": "stay", "gets": "get", "is": "are", "has": "have", "appears": "appear"}
_VERB = re.compile(rf"{_NIC} ({'|'.join(_PLURAL)})\b")


@dataclass(frozen=True)
class NicExplanation:
    """The explanation for one NIC.

    Args:
        name: The name of the NIC.
        steps: The steps that lead to its outcome.
        outcome: Its outcome, as the last step.
    """

    name: str
    steps: tuple[Step, ...]
    outcome: Step


def merge(explanations: Iterable[NicExplanation]) -> tuple[Step, ...]:
    """Return the steps for all NICs, in order; equal steps with the same location become one.

    An outcome stands behind the steps of the last NIC that has it.
    """
    names: dict[Step, list[str]] = {}
    for explanation in explanations:
        for step in explanation.steps:
            names.setdefault(_without_name(step, explanation.name), []).append(explanation.name)
        outcome = _without_name(explanation.outcome, explanation.name)
        names[outcome] = [*names.pop(outcome, []), explanation.name]  # pop: it moves to the end
    merged: list[Step] = []
    for step, repeated in names.items():
        of_step = list(dict.fromkeys(repeated))
        what = _VERB.sub(lambda verb: f"{_NIC} {_PLURAL[verb[1]]}", step.what) if len(of_step) > 1 else step.what
        merged.append(Step(what.replace(_NIC, join_names(of_step)), step.location))
    return tuple(dict.fromkeys(merged))


def join_names(names: list[str]) -> str:
    """Return names as a list in a sentence: ``ens3, ens4 and ens5``."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _without_name(step: Step, name: str) -> Step:
    """Return the step with a placeholder for the name, which is not a part of a longer one (``ens3`` of ``ens33``)."""
    return Step(re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", _NIC, step.what), step.location)
