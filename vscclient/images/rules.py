"""The policy in force: the rules with their pages and severities. Needs no cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import rules
from vscclient.policy.rule import Rule
from vscclient.policy.rule_page import ExampleFixes, Page, example_fixes, page_of
from vscclient.site.settings import load_settings
from vscclient.site.writer import write_policy, write_rules

__all__ = ["PolicyInForce", "RuleInForce", "all_rules", "one_rule"]


@dataclass(frozen=True, kw_only=True)
class RuleInForce:
    """A rule with its severities on this site.

    Args:
        page: The requirement, its reason, and how to fix an image.
        severities: The severity for each audience.
        unknown: The highest severity where the rule could not be checked.
        is_waivable: True if a waiver lifts the errors of the rule; None if the rule has no errors, for any audience.
        examples: The fixes of an image that breaks the rule; none in a list of rules.
    """

    code: str
    page: Page
    severities: Mapping[Visibility, Severity]
    unknown: Severity
    is_waivable: bool | None
    examples: ExampleFixes = ExampleFixes()


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """Rules with their severities on this site.

    Args:
        as_file: The same as a policy file.
    """

    rules: tuple[RuleInForce, ...]
    as_file: str


def all_rules(policy: str | None) -> PolicyInForce:
    """Return all rules, in the order of their codes.

    Args:
        policy: The site's policy file; see ``load_settings``, whose errors this raises.
    """
    settings = load_settings(policy)
    in_force = tuple(_in_force(rule, settings) for rule in rules())
    return PolicyInForce(rules=in_force, as_file=write_policy(settings, rules()))


def one_rule(policy: str | None, code: str) -> PolicyInForce:
    """Return a rule.

    Args:
        policy: As for ``all_rules``.
        code: The code of the rule, in capital letters or not.

    Raises:
        UsageError: No rule has this code.
    """
    settings = load_settings(policy)
    rule = next((rule for rule in rules() if rule.code == code.upper()), None)
    if rule is None:
        raise errors.UsageError(f"No rule has the code {code}; there are: {', '.join(rule.code for rule in rules())}")
    in_force = replace(_in_force(rule, settings), examples=example_fixes(rule))
    return PolicyInForce(rules=(in_force,), as_file=write_rules(settings, (rule,)))


def _in_force(rule: Rule, settings: Settings) -> RuleInForce:
    return RuleInForce(
        code=rule.code,
        page=page_of(rule).without_markup(),
        severities={visibility: rule.severity_for(visibility, settings) for visibility in Visibility},
        unknown=settings.unknown_severity(rule.code),
        is_waivable=rule.is_waivable(settings),
    )
