"""The page of a rule in the manual, made from the rule's docstring and its bad example."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, replace

from guestinspect.model.fact import Unknown
from vscclient.model.facts import Facts
from vscclient.model.fix import Fix
from vscclient.model.plan import Plan
from vscclient.policy.engine import failure_as_unknown
from vscclient.policy.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Page:
    """The texts of a rule's page, each on one line, with its markup.

    Args:
        requirement: The requirement of the rule.
        why: The reason for the requirement.
        fix: How to fix an image.
    """

    requirement: str
    why: str = ""
    fix: str = ""

    @property
    def first_sentence(self) -> str:
        """The requirement, in one sentence."""
        return re.split(r"(?<=\.) (?=[A-Z])", self.requirement, maxsplit=1)[0]

    def without_markup(self) -> Page:
        """Return the page as plain text, for a terminal."""
        return Page(**{part: text.replace("``", "") for part, text in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class ExampleFixes:
    """The fixes of a rule's bad example.

    Args:
        new: The fix for a new image.
        existing: The fix for an image that is in the cloud already.
    """

    new: Fix = Fix()
    existing: Fix = Fix()


def page_of(rule: Rule) -> Page:
    """Return the page of a rule. ``Why:`` and ``Fix:`` begin its second and third part."""
    requirement, *parts = re.split(r"^(Why|Fix): ", inspect.getdoc(rule) or "", flags=re.MULTILINE)
    texts = {name: _one_line(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return Page(requirement=_one_line(requirement), why=texts.get("Why", ""), fix=texts.get("Fix", ""))


def example_fixes(rule: Rule) -> ExampleFixes:
    """Return the fixes of the rule's bad example; none for a rule of a site whose example is missing or fails."""
    try:
        with failure_as_unknown(rule):
            bad = rule.bad()
            existing = replace(bad.plan, before=bad.plan.before or bad.plan.image)
            return ExampleFixes(
                new=Fix() if bad.plan.before else _first_fix(rule, bad.plan, bad.facts),
                existing=_first_fix(rule, existing, bad.facts),
            )
    except Unknown:
        return ExampleFixes()


def _first_fix(rule: Rule, plan: Plan, facts: Facts) -> Fix:
    return next((Fix.of(flaw.fix) for flaw in rule.check(plan, facts)), Fix())


def _one_line(text: str) -> str:
    return " ".join(text.split())
