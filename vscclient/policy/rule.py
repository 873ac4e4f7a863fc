"""What a rule is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from vscclient.model.facts import Facts
from vscclient.model.finding import Severity
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example

IGNORED, INFORMATION, WARNING, ERROR, FORBIDDEN = Severity


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What a rule found wrong: a finding before it has its weight. Arguments as those of ``Finding``.

    Args:
        at_most: Where this one is less bad than the rule says: how much it weighs at most.
    """

    message: str
    location: str = ""
    fix: str = ""
    at_most: Severity = Severity.FORBIDDEN


class Rule:
    """One thing that the VSC asks for. A subclass is a rule: one class, one file, nothing else to touch.

    The docstring is the rule's manual page: what it asks, then ``Why:`` and ``Fix:``.
    """

    code: ClassVar[str]
    severity: ClassVar[Mapping[Visibility, Severity]]
    good: ClassVar[Example]
    bad: ClassVar[Example]

    def weight(self, visibility: Visibility, settings: Settings) -> Severity:
        """How much it weighs for whom an image is for: the site's word, else its own."""
        return settings.severities.get((self.code, visibility), self.severity[visibility])

    def is_waivable(self, settings: Settings) -> bool:
        """Whether there is anybody for whom it is an error, which a waiver lifts."""
        return Severity.ERROR in self._weights(settings)

    def is_absolute(self, settings: Settings) -> bool:
        """Whether whom it concerns, it forbids: no waiver could ever help."""
        return self._weights(settings) - {IGNORED} == {FORBIDDEN}

    def _weights(self, settings: Settings) -> set[Severity]:
        return {self.weight(visibility, settings) for visibility in Visibility}

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        """The flaws of the image as the plan leaves it.

        Raises:
            Unknown: A fact that it needs could not be found.
        """
        raise NotImplementedError


def saying(plan: Plan, options: str) -> str:
    """How to mend something by options: of the command that makes the image; else of one that works beside any."""
    image = plan.before
    return f"openstack vsc image set {options} {image.id}" if image and image.id else f"say {options}"


def by_visibility(
    *, private: Severity, shared: Severity, community: Severity, public: Severity
) -> Mapping[Visibility, Severity]:
    """How much a rule weighs, by whom the image is for."""
    return {
        Visibility.PRIVATE: private,
        Visibility.SHARED: shared,
        Visibility.COMMUNITY: community,
        Visibility.PUBLIC: public,
    }


def everywhere(severity: Severity) -> Mapping[Visibility, Severity]:
    """The same weight for every visibility."""
    return dict.fromkeys(Visibility, severity)
