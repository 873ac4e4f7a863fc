"""The rules of a site, which its packages name by an entry point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from vscclient.errors.policy import UnusableRule
from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility
from vscclient.policy.rule import Rule

GROUP = "vscclient.rules"
"""The group of entry points in which a package names its rules."""

_CODE = re.compile(r"[A-Z]+[0-9]+")


def add_site_rules(built_in: Iterable[Rule]) -> list[Rule]:
    """Return the built-in rules and those of the site.

    Raises:
        UnusableRule: One of the site's rules cannot be used.
    """
    rules = {rule.code: rule for rule in built_in}
    for entry in entry_points(group=GROUP):
        rule = _instance(entry, _load(entry))
        if rule.code in rules:
            other = type(rules[rule.code])
            raise _unusable(entry, f"the code {rule.code} is taken by {other.__module__}:{other.__name__}")
        rules[rule.code] = rule
    return list(rules.values())


def _load(entry: EntryPoint) -> type[Rule]:
    try:
        loaded = entry.load()
    except Exception as failure:
        raise _unusable(entry, f"it cannot be loaded ({_in_words(failure)})") from failure
    if not (isinstance(loaded, type) and issubclass(loaded, Rule)):
        raise _unusable(entry, "it is not a subclass of vscclient.policy.rule.Rule")
    return loaded


def _instance(entry: EntryPoint, kind: type[Rule]) -> Rule:
    defect = _defect(kind)
    if defect:
        raise _unusable(entry, defect)
    try:
        return kind()
    except Exception as failure:
        raise _unusable(entry, f"it cannot be instantiated ({_in_words(failure)})") from failure


def _defect(kind: type[Rule]) -> str:
    """Return what a rule lacks, as the end of a sentence; empty if it is complete."""
    code, severity = getattr(kind, "code", None), getattr(kind, "severity", None)
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        return "its code does not consist of capital letters and then digits, such as X101"
    if not (isinstance(severity, Mapping) and set(severity) == set(Visibility)):
        return "its severity does not have a value for each visibility"
    if not all(isinstance(weight, Severity) for weight in severity.values()):
        return "its severity has values that are not of vscclient.policy.rule"
    if kind.check is Rule.check:
        return "it has no method check"
    return "" if kind.__doc__ else "it has no docstring"


def _in_words(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"


def _unusable(entry: EntryPoint, why: str) -> UnusableRule:
    package = entry.dist.name if entry.dist else "an unknown package"
    return UnusableRule(package, f"'{entry.name}' ({entry.value})", why)
