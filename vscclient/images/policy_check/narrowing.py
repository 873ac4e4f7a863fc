"""Taking access from others: naming those who lose it, and asking the user."""

from __future__ import annotations

from collections.abc import Iterable

from vscclient import errors
from vscclient.images.options.groups import Consent
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

_FOR_EVERYBODY = (Visibility.COMMUNITY, Visibility.PUBLIC)
_MOST_NAMED = 10
"""The number of projects that a question names; nobody would read more."""


def confirm_loss(plan: Plan, consent: Consent, terminal: Terminal) -> str:
    """Ask the user if the plan takes access from others; return who loses it, in words, or an empty text.

    Args:
        plan: The plan.
        consent: What the user agreed to already.
        terminal: Asks the user.

    Raises:
        NotConfirmed: The user does not agree, or cannot be asked.
    """
    loss = describe_loss(plan)
    if loss and not consent.yes and not consent.dry_run and not terminal.confirm(f"{loss}. Go on?"):
        raise errors.NotConfirmed(loss)
    return loss


def describe_loss(plan: Plan) -> str:
    """Return who loses access by the plan, as a sentence without its full stop; empty if nobody does."""
    if plan.before is None:
        return ""
    label, old, new = plan.before.label, plan.before.visibility, plan.image.visibility
    if old in _FOR_EVERYBODY and new not in _FOR_EVERYBODY:
        everybody = "Everybody except the projects that it is shared with"
        return f"{everybody if new is Visibility.SHARED else 'Everybody else'} loses access to {label}"
    if old is Visibility.PUBLIC and new is Visibility.COMMUNITY:
        return f"{label} disappears from everybody's default list and remains only in the list of community images"
    if old is not Visibility.SHARED or new in _FOR_EVERYBODY:
        return ""
    kept = {member.key for member in plan.members} if new is Visibility.SHARED else set()
    losing = [member for member in plan.members_before if member.key not in kept]
    verb = "loses" if len(losing) == 1 else "lose"
    return f"{name_projects(losing)} {verb} access to {label}" if losing else ""


def name_projects(projects: Iterable[NamedProject]) -> str:
    """Return projects for a sentence: ``Project A``, ``Projects A, B and 3 more``."""
    labels = [project.label for project in projects]
    named, more = labels[:_MOST_NAMED], len(labels) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{'Project' if len(labels) == 1 else 'Projects'} {', '.join(named)}{rest}"
