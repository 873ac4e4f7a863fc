"""The explanation of a verdict, in sentences: what holds for several NICs is said once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guestinspect.model.guest import Step

_NIC = "\0"
"""Stands for a NIC's name; no name has it."""

_PLURAL = {"comes": "come", "stays": "stay", "gets": "get", "is": "are", "has": "have", "appears": "appear"}
_VERB = re.compile(rf"{_NIC} ({'|'.join(_PLURAL)})\b")


@dataclass(frozen=True)
class Account:
    """What becomes of one NIC.

    Args:
        name: Of the NIC.
        steps: That lead there.
        end: What becomes of it.
    """

    name: str
    steps: tuple[Step, ...]
    end: Step


def together(accounts: Iterable[Account]) -> tuple[Step, ...]:
    """The steps of all, in their order; equal ones at the same place are one, for all the NICs that they are about.

    An end stands behind the steps of the last NIC that it is about.
    """
    names: dict[Step, list[str]] = {}
    for account in accounts:
        for step in account.steps:
            names.setdefault(_about(account.name, step), []).append(account.name)
        end = _about(account.name, account.end)
        names[end] = [*names.pop(end, []), account.name]
    return tuple(dict.fromkeys(_said_of(about, list(dict.fromkeys(found))) for about, found in names.items()))


def in_words(names: list[str]) -> str:
    """``ens3, ens4 and ens5``."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _about(name: str, step: Step) -> Step:
    return Step(re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", _NIC, step.what), step.location)


def _said_of(about: Step, names: list[str]) -> Step:
    what = about.what
    if len(names) > 1:
        what = _VERB.sub(lambda found: f"{_NIC} {_PLURAL[found[1]]}", what)
    return Step(what.replace(_NIC, in_words(names)), about.location)
