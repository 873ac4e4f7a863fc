"""The policy in force: what it asks, and how much that weighs here. Needs no cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vscclient import errors
from vscclient.images.policy_check import site
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.page import Page, page_of
from vscclient.policy.registry import rules
from vscclient.policy.rule import Rule

__all__ = ["PolicyInForce", "RuleInForce", "all_of", "one_of"]


@dataclass(frozen=True, kw_only=True)
class RuleInForce:
    """A rule, as it is judged by here.

    Args:
        page: What it asks, why, and how to mend what is wrong.
        weights: How much it weighs, by whom the image is for.
        unknown: What it counts as at most where nobody can tell.
        is_waivable: Whether there is anybody for whom it is an error that a waiver lifts.
    """

    code: str
    page: Page
    weights: Mapping[Visibility, Severity]
    unknown: Severity
    is_waivable: bool


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """Rules as they are judged by here.

    Args:
        as_file: The same as a site's policy file.
    """

    rules: tuple[RuleInForce, ...]
    as_file: str


def all_of(policy: str | None) -> PolicyInForce:
    """All rules, in the order of their codes.

    Args:
        policy: The site's policy file; see ``site.settings_of``, whose errors it raises.
    """
    settings = site.settings_of(policy)
    return _in_force(settings, rules(), site.written(settings, rules()))


def one_of(policy: str | None, code: str) -> PolicyInForce:
    """The rule with this code, in capital letters or not.

    Args:
        policy: As for ``all_of``.

    Raises:
        Usage: There is none.
    """
    settings = site.settings_of(policy)
    found = tuple(rule for rule in rules() if rule.code == code.upper())
    if not found:
        raise errors.Usage(f"No rule has the code {code}; there are: {', '.join(rule.code for rule in rules())}")
    return _in_force(settings, found, site.rules_written(settings, found))


def _in_force(settings: Settings, of_rules: tuple[Rule, ...], as_file: str) -> PolicyInForce:
    return PolicyInForce(rules=tuple(_rule_in_force(rule, settings) for rule in of_rules), as_file=as_file)


def _rule_in_force(rule: Rule, settings: Settings) -> RuleInForce:
    return RuleInForce(
        code=rule.code,
        page=_without_markup(page_of(rule)),
        weights={visibility: rule.weight(visibility, settings) for visibility in Visibility},
        unknown=site.weight_of_unknown(rule, settings),
        is_waivable=rule.is_waivable(settings),
    )


def _without_markup(page: Page) -> Page:
    return Page(**{part: text.replace("``", "") for part, text in vars(page).items()})
