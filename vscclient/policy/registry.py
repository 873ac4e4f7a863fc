"""All rules, found by walking the folders of this one. There is no list to keep."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from vscclient import policy
from vscclient.policy.rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """One of each rule, in the order of their codes."""
    for module in pkgutil.walk_packages(policy.__path__, policy.__name__ + "."):
        importlib.import_module(module.name)
    return tuple(sorted((rule() for rule in Rule.__subclasses__()), key=lambda rule: rule.code))
