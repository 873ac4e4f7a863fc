"""The base classes of all rules, and what a rule consists of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import ClassVar, TypeVar

from guestinspect.model.disk import Disk
from guestinspect.model.fact import NotYet, Provider, Unknown
from guestinspect.model.guest import Guest, Step
from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.content import has_disk, has_guest
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Severity
from vscclient.model.fix import Advice, Fix, Reference, then_recreate
from vscclient.model.fix import Step as FixStep
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example
from vscclient.policy.hygiene.removal import Removal, list_removals
from vscclient.policy.several import MOST_LOCATIONS, join_words

T = TypeVar("T")
S = TypeVar("S")

IGNORED, NOTE, WARNING, ERROR, FORBIDDEN = Severity

_MOST_LISTED = 20
"""The number of leftovers of one kind that are listed one by one."""

_REASON_LIMIT = 130
"""The longest reason, in characters: the message with its reason fits a line that is read; inspecting shows all."""


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A defect that a rule finds: a finding before it has its severity. Arguments as those of ``Finding``.

    Args:
        fix: The ways to fix it; a text is an advice.
        at_most: The highest severity of this flaw, where it is less serious than the rule.
    """

    message: str
    location: str = ""
    fix: Fix | str = Fix()
    at_most: Severity = Severity.FORBIDDEN

    def __post_init__(self) -> None:
        """Reject values of other types where the rule makes them: no type checker sees the rules of a site."""
        for name, kind in _TYPES.items():
            if not isinstance(value := getattr(self, name), kind):
                raise TypeError(f"the {name} of a Flaw cannot be {value!r}")

    def as_finding(self, code: str, severity: Severity, *, waived: bool) -> Finding:
        """Return the finding of the rule with this code and severity."""
        return Finding(
            code=code,
            severity=severity.at_most(self.at_most),
            message=self.message,
            location=self.location,
            fix=Fix.of(self.fix),
            waived=waived,
        )


_TYPES = {"message": str, "location": str, "fix": Fix | str, "at_most": Severity}
"""The types of the fields of a flaw."""


class Rule:
    """A rule of the policy. A subclass is one rule: one class, one file, nothing else to touch.

    The docstring is the page of the rule in the manual: the requirement, then ``Why:`` and ``Fix:``.
    """

    code: ClassVar[str]
    severity: ClassVar[Mapping[Visibility, Severity]]

    claims: ClassVar[frozenset[str]] = frozenset()
    """The properties and fields that the rule compares with other facts. When a plan changes one of them, and the rule
    could not be checked before either, that is reported nevertheless."""

    site_package: str | None = None
    """The package of a site that brings the rule; None: the rule is built in."""

    @staticmethod
    def good() -> Example:
        """Return an image that follows the rule, for tests and the manual."""
        raise NotImplementedError

    @staticmethod
    def bad() -> Example:
        """Return an image that breaks the rule, for tests and the manual."""
        raise NotImplementedError

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        """Yield the flaws of the image as the plan leaves it.

        Args:
            plan: The image, and how it would be changed.
            facts: All other facts; to ask for one may cost a request.

        Raises:
            Unknown: A fact that the rule needs could not be found out.
        """
        raise NotImplementedError

    def severity_for(self, audience: Visibility, settings: Settings) -> Severity:
        """Return the severity for an audience: that of the site, else the built-in one."""
        return settings.severities.get((self.code, audience), self.severity[audience])

    def severity_of(self, image: Image, audience: Visibility, settings: Settings) -> Severity:  # noqa: ARG002
        """Return the severity for an audience of this image; a rule may be stricter where the image declares more."""
        return self.severity_for(audience, settings)

    def waivers(self, image: Image) -> frozenset[str]:  # noqa: ARG002  # a rule that stands for another has more
        """Return the codes whose waiver lifts the errors of the rule for this image."""
        return frozenset((self.code,))

    def is_waivable(self, settings: Settings) -> bool | None:
        """Return True if a waiver lifts the errors of the rule; None if the rule has no errors, for any audience."""
        severities = self._severities(settings)
        return True if ERROR in severities else False if FORBIDDEN in severities else None

    def is_absolute(self, settings: Settings) -> bool:
        """Return True if the rule is forbidden wherever it counts, so that a waiver never helps."""
        return self._severities(settings) - {IGNORED} == {FORBIDDEN}

    def _severities(self, settings: Settings) -> set[Severity]:
        return {self.severity_for(audience, settings) for audience in Visibility}


class DiskRule(Rule):
    """A rule about a disk. It does not apply to kernels and ramdisks; the data decides, not its declaration."""

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if has_disk(plan.image, facts.disk):
            yield from self.check_disk(plan, facts.disk)

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        """Yield the flaws of an image that is a disk.

        Args:
            plan: The image, and how it would be changed.
            disk: The facts about its disk.

        Raises:
            Unknown: A fact that the rule needs could not be found out.
        """
        raise NotImplementedError


class GuestRule(Rule):
    """A rule about a guest. It does not apply to installers, kernels and ramdisks; the data decides."""

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if has_guest(plan.image, facts.disk, facts.guest):
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


class LeftoverRule(GuestRule):
    """A rule about one kind of leftover: one flaw for each thing to do.

    Args:
        kind: The kind.
        message: The message; ``{what}`` stands for the leftover, ``{owner}`` for its owner.
        message_of_several: The message for several leftovers that have one fix; empty: ``message``, with all of them.
            ``{count}`` stands for their number.
    """

    kind: ClassVar[Kind]
    message: ClassVar[str]
    message_of_several: ClassVar[str] = ""

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        leftovers = self.leftovers_of(guest)
        at_most = self.at_most(guest) if leftovers else FORBIDDEN
        removals = list(list_removals(leftovers, suggestion(guest.os_distro, ""))) if leftovers else []
        for removal in removals[:_MOST_LISTED]:
            yield Flaw(
                message=self._in_words(removal.leftovers),
                location=join_words([leftover.path for leftover in removal.leftovers], MOST_LOCATIONS),
                fix=then_recreate(plan, *self.steps_of(removal, guest)),
                at_most=at_most,
            )
        if more := [leftover for removal in removals[_MOST_LISTED:] for leftover in removal.leftovers]:
            yield Flaw(
                message=f"{len(more)} more of this kind ({self.kind})",
                location=f"{more[0].path} …",
                fix=Fix.by(Advice("inspect the file to list them", Reference.LEFTOVERS)),
                at_most=at_most,
            )

    def _in_words(self, leftovers: tuple[Leftover, ...]) -> str:
        template = self.message_of_several if len(leftovers) > 1 and self.message_of_several else self.message
        return template.format(
            what=join_words([leftover.what for leftover in leftovers], MOST_LOCATIONS),
            owner=join_words([leftover.owner or "an unknown user" for leftover in leftovers], MOST_LOCATIONS),
            count=len(leftovers),
        )

    def leftovers_of(self, guest: Guest) -> tuple[Leftover, ...]:
        """Return the leftovers that the rule reports; some rules leave those to other rules that say the same."""
        return guest.leftovers(self.kind).value

    def steps_of(self, removal: Removal, guest: Guest) -> tuple[FixStep, ...]:  # noqa: ARG002  # some rules decide by it
        """Return the steps that remove leftovers, and those that the guest needs to run without them."""
        return removal.steps

    def at_most(self, guest: Guest) -> Severity:  # noqa: ARG002  # some rules decide by it
        """Return the highest severity of a leftover in this guest."""
        return FORBIDDEN


def by_visibility(
    *, private: Severity, shared: Severity, community: Severity, public: Severity
) -> Mapping[Visibility, Severity]:
    """Return the severity of a rule for each audience."""
    return {
        Visibility.PRIVATE: private,
        Visibility.SHARED: shared,
        Visibility.COMMUNITY: community,
        Visibility.PUBLIC: public,
    }


def everywhere(severity: Severity) -> Mapping[Visibility, Severity]:
    """Return the same severity for each audience."""
    return dict.fromkeys(Visibility, severity)


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


def reason_location(explanation: tuple[Step, ...], most: int) -> str:
    """Return the location of the last step that has one; empty if there is none. Arguments as for ``reason_suffix``."""
    return next((step.location for step in reversed(explanation[-most:]) if step.location), "")


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
