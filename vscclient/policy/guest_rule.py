"""What the rules about guests have in common."""

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

_LONGEST_REASON = 130
"""In characters: with what it is the reason of it makes a line that is read; ``image inspect`` shows all."""


class GuestRule(Rule):
    """A rule about what is on the disk: installers, kernels, ramdisks and other containers are none of its business."""

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.has_guest:
            yield from self.check_guest(plan, facts.guest)

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        """The flaws of an image that has a guest. As ``check``."""
        raise NotImplementedError


def suggested(find: Provider[T], otherwise: S) -> T | S:
    """A value to suggest where nothing was said: the guest's, or an example if that is unknown. Nothing is judged
    by it.

    Raises:
        NotYet: What the guest says is still to come, and then it will be said.
    """
    try:
        return find().value
    except NotYet:
        raise
    except Unknown:
        return otherwise


def because(why: tuple[Step, ...], most: int) -> str:
    """The end of an explanation, which is the nearest to what happens, as the end of a sentence; empty: there is none.

    Args:
        most: How many steps; fewer, if they are too long for a line to be read.
    """
    steps = [step.what for step in why[-most:]]
    while len(steps) > 1 and len("; ".join(steps)) > _LONGEST_REASON:
        del steps[0]
    said = shorten("; ".join(steps), _LONGEST_REASON, placeholder=" …")
    return said and f": {said}"
