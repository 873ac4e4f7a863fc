"""The policy judges a plan against facts.

An error stops a plan only if the plan causes it, or lets in people for whom it is an error. A flaw that the image had
already is a warning, so that flaws can be mended one at a time and nobody is locked out of an old image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vscclient.model.fact import NotYet, Unknown
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.policy.registry import rules
from vscclient.policy.rule import Flaw, Rule


def examine(plan: Plan, facts: Facts, settings: Settings) -> Report:
    """Every finding about the image as the plan leaves it, with its full weight, whoever caused it."""
    return Report.of(found for rule in rules() for found in _findings(rule, plan, facts, settings))


def judge(plan: Plan, facts: Facts, settings: Settings) -> Report:
    """The findings that matter to a plan: ``Report.stops`` says whether it may go on."""
    report = examine(plan, facts, settings)
    if plan.widens or plan.now is None or not report.stops:
        return report
    before = {_identity(found) for found in examine(plan.now, facts, settings).findings}
    return Report.of(
        replace(found, severity=Severity.WARNING) if found.stops and _identity(found) in before else found
        for found in report.findings
    )


def _findings(rule: Rule, plan: Plan, facts: Facts, settings: Settings) -> Iterator[Finding]:
    severity = _severity(rule, plan, settings)
    if severity is Severity.IGNORED:
        return
    waived = rule.code in plan.waived and severity is not Severity.FORBIDDEN
    try:
        for flaw in rule.check(plan, facts):
            yield _broken(rule, flaw, severity, waived=waived)
    except NotYet:
        return
    except Unknown as unfound:
        yield _unknown(rule, unfound, severity, settings, waived=waived)


def _severity(rule: Rule, plan: Plan, settings: Settings) -> Severity:
    own = rule.severity[plan.audience]
    return settings.severities.get((rule.code, plan.audience), own)


def _broken(rule: Rule, flaw: Flaw, severity: Severity, *, waived: bool) -> Finding:
    return Finding(
        code=rule.code, severity=severity, message=flaw.message, seen_at=flaw.seen_at, mend=flaw.mend, waived=waived
    )


def _unknown(rule: Rule, unfound: Unknown, severity: Severity, settings: Settings, *, waived: bool) -> Finding:
    if severity.rank > Severity.WARNING.rank and rule.code not in settings.unknown_is_error:
        severity = Severity.WARNING
    return Finding(code=rule.code, severity=severity, outcome=Outcome.UNKNOWN, message=unfound.why, waived=waived)


def _identity(found: Finding) -> tuple[str, Outcome, str, str]:
    """What makes two findings the same flaw. The message tells the value: another wrong one is caused by the plan."""
    return found.code, found.outcome, found.message, found.seen_at
