"""All rules: the built-in ones, found by walking the folders beside this module, and those of a site's packages."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from vscclient import policy
from vscclient.errors.policy import UnusableRule
from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility
from vscclient.policy.rule import Rule

GROUP = "vscclient.rules"
"""The group of entry points in which a package names its rules."""

_CODE = re.compile(r"[A-Z]+[0-9]+")

_PREFIX = f"{policy.__name__}."


@cache
def rules() -> tuple[Rule, ...]:
    """Return one instance of each rule, in the order of their codes.

    Raises:
        UnusableRule: One of the site's rules cannot be used.
    """
    for module in pkgutil.walk_packages(policy.__path__, _PREFIX):
        importlib.import_module(module.name)
    built_in = (rule() for rule in _with_code(Rule) if rule.__module__.startswith(_PREFIX))
    by_code = {rule.code: rule for rule in built_in}
    for entry in entry_points(group=GROUP):
        rule = _load(entry)
        if rule.code in by_code:
            other = type(by_code[rule.code])
            raise _unusable(entry, f"the code {rule.code} is taken by {other.__module__}:{other.__name__}")
        by_code[rule.code] = rule
    return tuple(sorted(by_code.values(), key=lambda rule: rule.code))


def is_built_in(rule: Rule) -> bool:
    """Check whether a rule is ours, and not a site's."""
    return type(rule).__module__.startswith(_PREFIX)


def _with_code(base: type[Rule]) -> Iterator[type[Rule]]:
    """Yield the classes that have a code of their own; a class without one is the base of several rules."""
    for rule in base.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from _with_code(rule)


def _load(entry: EntryPoint) -> Rule:
    """Return an instance of a site's rule."""
    try:
        kind = entry.load()
    except Exception as failure:
        raise _unusable(entry, f"it cannot be loaded ({_in_words(failure)})") from failure
    if not (isinstance(kind, type) and issubclass(kind, Rule)):
        raise _unusable(entry, "it is not a subclass of vscclient.policy.rule.Rule")
    if defect := _defect(kind):
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
