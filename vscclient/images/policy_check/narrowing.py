"""Taking access from others: who they are, and whether the user means it."""

from __future__ import annotations

from collections.abc import Iterable

from vscclient import errors
from vscclient.images.options.groups import Consent
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

_EVERYBODY = (Visibility.COMMUNITY, Visibility.PUBLIC)
_MANY = 10
"""Projects that are named in a question; more would not be read."""


def agree(plan: Plan, consent: Consent, terminal: Terminal) -> str:
    """Asks the user, if the plan takes access from others; returns who they are, in words, or nothing.

    Raises:
        NotConfirmed: The user does not mean it, or nobody can be asked.
    """
    losing = who_loses(plan)
    if losing and not consent.yes and not consent.dry_run and not terminal.confirm(f"{losing}. Go on?"):
        raise errors.NotConfirmed(losing)
    return losing


def who_loses(plan: Plan) -> str:
    """Who may use the image now, and may not when the plan is done: the beginning of a sentence, or nothing."""
    before = plan.before
    if before is None:
        return ""
    what, was, is_ = before.label, before.visibility, plan.image.visibility
    if was in _EVERYBODY and is_ not in _EVERYBODY:
        spared = " but the projects that it is shared with" if is_ is Visibility.SHARED else ""
        return f"Everybody else{spared} loses access to {what}"
    if was is Visibility.PUBLIC and is_ is Visibility.COMMUNITY:
        return f"{what} disappears from everybody's default list and remains only in the list of community images"
    losers = _losers(plan) if was is Visibility.SHARED else []
    if not losers:
        return ""
    return f"{in_words(losers)} {'loses' if len(losers) == 1 else 'lose'} access to {what}"


def in_words(projects: Iterable[NamedProject]) -> str:
    """Projects in a sentence: ``project A``, ``projects A, B and 3 more``."""
    said = [project.label for project in projects]
    named, more = said[:_MANY], len(said) - _MANY
    rest = f" and {more} more" if more > 0 else ""
    return f"{'Project' if len(said) == 1 else 'Projects'} {', '.join(named)}{rest}"


def _losers(plan: Plan) -> list[NamedProject]:
    """The members that are none afterwards; of one that is not ``shared`` any more, nobody is."""
    kept = {member.key for member in plan.members}
    if plan.image.visibility in _EVERYBODY:
        return []
    if plan.image.visibility is not Visibility.SHARED:
        kept = set()
    return [member for member in plan.members_before if member.key not in kept]
