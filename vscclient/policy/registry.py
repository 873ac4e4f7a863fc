"""All rules: our own, found by walking the folders of this one, and those of a site's packages. There is no list to
keep."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from vscclient import policy
from vscclient.policy import site_rules
from vscclient.policy.rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """One of each rule, in the order of their codes.

    Raises:
        UnusableRule: One of the site's cannot be used.
    """
    return tuple(sorted(site_rules.beside(_our_own()), key=lambda rule: rule.code))


def _our_own() -> list[Rule]:
    for module in pkgutil.walk_packages(policy.__path__, policy.__name__ + "."):
        importlib.import_module(module.name)
    return [rule() for rule in _with_code(Rule) if rule.__module__.startswith(policy.__name__ + ".")]


def _with_code(base: type[Rule]) -> Iterator[type[Rule]]:
    """The classes that have a code of their own; one without is a base of several rules."""
    for rule in base.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from _with_code(rule)
