"""Rules of a site's own, which its packages name by an entry point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility
from vscclient.policy.rule import Rule

GROUP = "vscclient.rules"
"""The group of entry points in which a package names its rules."""

_CODE = re.compile(r"[A-Z]+[0-9]+")


class UnusableRule(Exception):
    """A rule of the site's cannot be used.

    Args:
        entry: Where a package names it.
        why: What is wrong with it, as the end of a sentence.
    """

    def __init__(self, entry: EntryPoint, why: str) -> None:
        super().__init__(entry, why)
        self.entry = entry
        self.why = why

    @property
    def package(self) -> str:
        """The package that names it."""
        return self.entry.dist.name if self.entry.dist else "an unknown package"


def beside(our_own: Iterable[Rule]) -> list[Rule]:
    """Our own rules, and the site's.

    Raises:
        UnusableRule: One of the site's cannot be used.
    """
    rules = {rule.code: rule for rule in our_own}
    for entry in entry_points(group=GROUP):
        rule = _made(entry, _class_of(entry))
        if rule.code in rules:
            raise UnusableRule(entry, f"the code {rule.code} is taken by {_place(rules[rule.code])}")
        rules[rule.code] = rule
    return list(rules.values())


def _class_of(entry: EntryPoint) -> type[Rule]:
    try:
        found = entry.load()
    except Exception as failure:
        raise UnusableRule(entry, f"it cannot be loaded ({_in_words(failure)})") from failure
    if not (isinstance(found, type) and issubclass(found, Rule)):
        raise UnusableRule(entry, "it is no subclass of vscclient.policy.rule.Rule")
    return found


def _made(entry: EntryPoint, kind: type[Rule]) -> Rule:
    wrong = _lack_of(kind)
    if wrong:
        raise UnusableRule(entry, wrong)
    try:
        return kind()
    except Exception as failure:
        raise UnusableRule(entry, f"it cannot be made ({_in_words(failure)})") from failure


def _lack_of(kind: type[Rule]) -> str:
    """What a rule needs and this one does not have; empty if it is complete."""
    code, severity = getattr(kind, "code", None), getattr(kind, "severity", None)
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        return "its code is not made of capital letters and then digits, such as X101"
    if not (isinstance(severity, Mapping) and set(severity) == set(Visibility)):
        return "its severity does not say how much it weighs for each visibility"
    if not all(isinstance(weight, Severity) for weight in severity.values()):
        return "its severity has other values than those of vscclient.policy.rule"
    if kind.check is Rule.check:
        return "it has no method check"
    return "" if kind.__doc__ else "it has no docstring that says what it asks"


def _in_words(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"


def _place(rule: Rule) -> str:
    return f"{type(rule).__module__}:{type(rule).__name__}"
