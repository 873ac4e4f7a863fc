"""The base class of the rules about guests, and parts of their messages."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten
from typing import TypeVar

from guestinspect.model.fact import NotYet, Provider, Unknown
from guestinspect.model.guest import Guest, Step
from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.rule import Flaw, Rule

T = TypeVar("T")
S = TypeVar("S")

_REASON_LIMIT = 130
"""The longest reason, in characters: the message with its reason fits a line that is read; inspecting shows all."""


class GuestRule(Rule):
    """A rule about a guest. It does not apply to installers, kernels, ramdisks and other containers."""

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.has_guest:
            yield from self.check_guest(plan, facts.guest)

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        """Yield the flaws of an image that has a guest.

        Args:
            plan: The image, and how it would be changed.
            guest: The facts about its guest.

        Raises:
            Unknown: A fact that the rule needs could not be found out.
        """
        raise NotImplementedError


def suggestion(find: Provider[T], default: S) -> T | S:
    """Return a value to suggest where the image has none. No verdict depends on it.

    Args:
        find: The provider of the guest's own value.
        default: An example, for a guest whose value is unknown.

    Raises:
        NotYet: The guest has not been read yet; its value will be set automatically.
    """
    try:
        return find().value
    except NotYet:
        raise
    except Unknown:
        return default


def reason_suffix(explanation: tuple[Step, ...], most: int) -> str:
    """Return the last steps of an explanation, as the end of a message; empty if there are none.

    Args:
        explanation: All steps; the last is the nearest to the outcome.
        most: The number of steps; fewer, if they are too long for a line.
    """
    steps = [step.what for step in explanation[-most:]]
    while len(steps) > 1 and len("; ".join(steps)) > _REASON_LIMIT:
        del steps[0]
    reason = shorten("; ".join(steps), _REASON_LIMIT, placeholder=" …")
    return reason and f": {reason}"
