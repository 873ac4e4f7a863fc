"""The base class of the rules about hygiene."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.finding import Severity
from vscclient.model.fix import Advice, Fix, Reference, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.hygiene.removal import removal_of
from vscclient.policy.rule import FORBIDDEN, Flaw, GuestRule

MOST_LISTED = 20
"""The number of leftovers of one kind that are listed one by one."""


class LeftoverRule(GuestRule):
    """A rule about one kind of leftover.

    Args:
        kind: The kind.
        message: The message; ``{what}`` stands for the leftover, ``{owner}`` for its owner.
    """

    kind: ClassVar[Kind]
    message: ClassVar[str]

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        leftovers = guest.leftovers(self.kind).value
        at_most = self.at_most(guest) if leftovers else FORBIDDEN
        for leftover in leftovers[:MOST_LISTED]:
            yield Flaw(
                message=self.message.format(what=leftover.what, owner=leftover.owner or "an unknown user"),
                location=leftover.path,
                fix=then_recreate(plan, removal_of(leftover)),
                at_most=at_most,
            )
        if more := leftovers[MOST_LISTED:]:
            yield Flaw(
                message=f"{len(more)} more of this kind ({self.kind})",
                location=f"{more[0].path} …",
                fix=Fix.by(Advice("inspect the file to list them", Reference.LEFTOVERS)),
                at_most=at_most,
            )

    def at_most(self, guest: Guest) -> Severity:
        """Return the highest severity of a leftover in this guest."""
        return FORBIDDEN


def left(kind: Kind, path: str, what: str, owner: str = "root") -> dict[str, tuple[Leftover, ...]]:
    """Return a guest in which one thing was left, for the example of a rule.

    Args:
        kind: The kind of leftover.
        path: Its path in the guest.
        what: The leftover, in words.
        owner: The user to whom it belongs.
    """
    return {"leftovers": (Leftover(kind, path, what, owner),)}
