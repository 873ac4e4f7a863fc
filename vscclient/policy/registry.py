"""All rules: the built-in ones, found by walking the folders beside this module, and those of a site's packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from vscclient import policy
from vscclient.policy import site_rules
from vscclient.policy.rule import Rule

_PREFIX = f"{policy.__name__}."


@cache
def rules() -> tuple[Rule, ...]:
    """Return one instance of each rule, in the order of their codes.

    Raises:
        UnusableRule: One of the site's rules cannot be used.
    """
    for module in pkgutil.walk_packages(policy.__path__, _PREFIX):
        importlib.import_module(module.name)
    built_in = [rule() for rule in _with_code(Rule) if rule.__module__.startswith(_PREFIX)]
    return tuple(sorted(site_rules.add_site_rules(built_in), key=lambda rule: rule.code))


def is_built_in(rule: Rule) -> bool:
    """Check whether a rule is ours, and not a site's."""
    return type(rule).__module__.startswith(_PREFIX)


def _with_code(base: type[Rule]) -> Iterator[type[Rule]]:
    """Yield the classes that have a code of their own; a class without one is the base of several rules."""
    for rule in base.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from _with_code(rule)
