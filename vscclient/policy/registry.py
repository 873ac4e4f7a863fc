"""All rules: the built-in ones, found by walking the folders beside this module, and those of a site's packages."""

from __future__ import annotations

import importlib
import pkgutil
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from textwrap import shorten

from guestinspect.model.fact import Unknown
from vscclient import policy
from vscclient.errors.base import Error, Terminated
from vscclient.errors.policy import UnusableRule
from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility
from vscclient.policy.rule import Rule

GROUP = "vscclient.rules"
"""The group of entry points in which a package names its rules."""

_LIMIT = 200
"""The longest text of a failure that is shown, in characters."""

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
        rule.site_package = _package(entry)
        by_code[rule.code] = rule
    return tuple(sorted(by_code.values(), key=lambda rule: rule.code))


@contextmanager
def failure_as_unknown(rule: Rule) -> Iterator[None]:
    """Raise Unknown if a rule of a site fails, also by ``sys.exit()``. A built-in rule that fails ends the command."""
    try:
        yield
    except (Unknown, Error, MemoryError, Terminated):
        raise
    except (Exception, SystemExit) as failure:
        if rule.site_package is None:
            raise
        place = traceback.extract_tb(failure.__traceback__)[-1]
        raise Unknown(
            f"the rule {type(rule).__name__} of the package {rule.site_package} failed ({_in_words(failure)}, in "
            f"{Path(place.filename).name}, line {place.lineno}); report this to its authors"
        ) from failure


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
    except (Exception, SystemExit) as failure:
        raise _unusable(entry, f"it cannot be loaded ({_in_words(failure)})") from failure
    if not (isinstance(kind, type) and issubclass(kind, Rule)):
        raise _unusable(entry, "it is not a subclass of vscclient.policy.rule.Rule")
    if defect := _defect(kind):
        raise _unusable(entry, defect)
    try:
        return kind()
    except (Exception, SystemExit) as failure:
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


def _in_words(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {shorten(str(failure), _LIMIT, placeholder=' …')}"


def _unusable(entry: EntryPoint, why: str) -> UnusableRule:
    return UnusableRule(_package(entry), f"'{entry.name}' ({entry.value})", why)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown package"
