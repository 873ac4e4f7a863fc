"""What the rules about hygiene have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.finding import Severity
from vscclient.model.plan import Plan
from vscclient.policy.again import again_by
from vscclient.policy.guest_rule import GuestRule
from vscclient.policy.hygiene import mending
from vscclient.policy.rule import FORBIDDEN, Flaw

MOST_TOLD = 20
"""How many things of a kind are told one by one."""


class LeftoverRule(GuestRule):
    """A rule about one kind of thing that must not be left in a guest.

    Its ``says`` is the message: ``{what}`` stands for what was found, ``{owner}`` for whose it is.
    """

    kind: ClassVar[Kind]
    says: ClassVar[str]

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        found = guest.leftovers(self.kind).value
        at_most = self.at_most(guest) if found else FORBIDDEN
        for leftover in found[:MOST_TOLD]:
            yield Flaw(
                message=self.says.format(what=leftover.what, owner=leftover.owner or "nobody known"),
                location=leftover.path,
                fix=again_by(plan, mending.command(leftover)),
                at_most=at_most,
            )
        if more := found[MOST_TOLD:]:
            yield Flaw(
                message=f"{len(more)} more of the same ({self.kind})",
                location=f"{more[0].path} …",
                fix="openstack vsc image inspect --file FILE -c hygiene",
                at_most=at_most,
            )

    def at_most(self, guest: Guest) -> Severity:
        """How much a finding weighs at most in this guest."""
        return FORBIDDEN


def left(kind: Kind, path: str, what: str, owner: str = "root") -> dict[str, tuple[Leftover, ...]]:
    """Return a guest in which one thing was left, for the example of a rule."""
    return {"leftovers": (Leftover(kind, path, what, owner),)}
