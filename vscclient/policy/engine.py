"""The policy judges a plan against facts.

An error stops a plan only if the plan causes it, or lets in people for whom it is an error. A flaw that the image had
already is a warning, so that flaws can be mended one at a time and nobody is locked out of an old image.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guestinspect.model.fact import AlreadyReported, Declined, NotYet, Unknown
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.registry import rules
from vscclient.policy.rule import Flaw, Rule

_FILE_WORD = "FILE"
_OF_NEW_IMAGE = f"--file {_FILE_WORD}"
_FILE = re.compile(rf"(?<![^ ]){_FILE_WORD}(?![^ ])")
"""The word that stands for the user's file; the first is meant, those behind it may be names in the guest."""

_Identity = tuple[str, Outcome, str, str]


def examine(plan: Plan, facts: Facts, settings: Settings) -> Report:
    """Every finding about the image as the plan leaves it, with its full weight, whoever caused it."""
    weights = _Weights(settings, plan.audience, lightest=Severity.INFORMATION)
    return Report.of(_findings(plan, facts, weights))


def judge(plan: Plan, facts: Facts, settings: Settings) -> Report:
    """The findings that matter to a plan, warnings and worse: ``Report.stops`` says whether it may go on."""
    weights = _Weights(settings, plan.audience, lightest=Severity.WARNING)
    report = Report.of(_findings(plan, facts, weights))
    if plan.now is None or plan.widens:
        return report
    # weighed as the plan's: what was no flaw of a public image may be one of the same image on its way back
    before = {_identity(found) for found in _findings(plan.now, facts, weights)}
    if plan.is_harmless:  # what is wrong with the image is no matter when it is taken back
        return report.without(Report(tuple(found for found in report.findings if _identity(found) in before)))
    return Report.of(_unless_old(found, before) for found in report.findings if _is_news(found, before))


@dataclass(frozen=True)
class _Weights:
    """How much the rules weigh for whom an image will be for.

    Args:
        lightest: Rules that weigh less are not asked: what they need to know may cost a request.
    """

    settings: Settings
    audience: Visibility
    lightest: Severity

    @property
    def is_private_matter(self) -> bool:
        """Whether nobody else sees the image, and the user does not ask for everything."""
        return self.audience is Visibility.PRIVATE and self.lightest is not Severity.INFORMATION

    def of(self, rule: Rule) -> Severity:
        """The weight of a flaw."""
        return rule.weight(self.audience, self.settings)

    def of_unknown(self, rule: Rule) -> Severity:
        """The weight where nobody can tell: at most that of a warning, unless the site wants it otherwise."""
        if rule.code in self.settings.unknown_is_error:
            return self.of(rule)
        return min(self.of(rule), Severity.WARNING, key=lambda severity: severity.rank)


def _findings(plan: Plan, facts: Facts, weights: _Weights) -> Iterator[Finding]:
    for rule in rules():
        if weights.of(rule).rank >= weights.lightest.rank:
            yield from _findings_of(rule, plan, facts, weights)


def _findings_of(rule: Rule, plan: Plan, facts: Facts, weights: _Weights) -> Iterator[Finding]:
    severity = weights.of(rule)
    waived = rule.code in plan.waived and severity is not Severity.FORBIDDEN
    try:
        for flaw in rule.check(plan, facts):
            yield _broken(rule, _with_file(flaw, plan.file), severity, waived=waived)
    except (NotYet, AlreadyReported):
        return
    except Unknown as unfound:
        if isinstance(unfound, Declined) and weights.is_private_matter:
            return
        yield Finding(
            code=rule.code,
            severity=weights.of_unknown(rule),
            outcome=Outcome.UNKNOWN,
            message=unfound.why,
            waived=waived,
        )


def _with_file(flaw: Flaw, file: str | None) -> Flaw:
    """The flaw, mended in the user's file: ``-a FILE`` in the command that a rule gives becomes ``-a rna.qcow2``."""
    if file is None:
        return flaw
    name = shlex.quote(file)
    fix = _FILE.sub(lambda _: name, flaw.fix, count=1)
    if fix.endswith(_OF_NEW_IMAGE):
        fix = f"{fix.removesuffix(_FILE_WORD)}{name}"
    return replace(flaw, fix=fix)


def _broken(rule: Rule, flaw: Flaw, severity: Severity, *, waived: bool) -> Finding:
    return Finding(
        code=rule.code,
        severity=min(severity, flaw.at_most, key=lambda weight: weight.rank),
        message=flaw.message,
        location=flaw.location,
        fix=flaw.fix,
        waived=waived,
    )


def _is_news(found: Finding, before: set[_Identity]) -> bool:
    """Not: what could not be judged before either. Nobody wants to hear of it at every tag that is added."""
    return found.outcome is Outcome.BROKEN or _identity(found) not in before


def _unless_old(found: Finding, before: set[_Identity]) -> Finding:
    """The finding, as a warning if the image had that flaw already."""
    return replace(found, severity=Severity.WARNING) if found.stops and _identity(found) in before else found


def _identity(found: Finding) -> _Identity:
    """What makes two findings the same flaw. The message tells the value: another wrong one is caused by the plan."""
    return found.code, found.outcome, found.message, found.location
