"""The engine: it finds all rules, and checks a plan, or an image, against them.

The built-in rules are found by walking the folders beside this module, those of a site by entry points of its packages.

An error stops a plan only if the plan causes it, or admits people for whom it is an error. A flaw that the image had
already is a warning, so that flaws can be fixed one at a time and an old image stays usable.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from textwrap import shorten

from guestinspect.model.fact import AlreadyReported, Declined, NotYet, Unknown
from vscclient import policy
from vscclient.errors.base import Error, Terminated
from vscclient.errors.policy import UnusableRule
from vscclient.model.facts import Facts
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.image import Image
from vscclient.model.instance import guest_in_machine
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.rule import Flaw, Rule

GROUP = "vscclient.rules"
"""The group of entry points in which a package names its rules."""

_LIMIT = 200
"""The longest text of a failure that is shown, in characters."""

_CODE = re.compile(r"[A-Z]+[0-9]+")

_PREFIX = f"{policy.__name__}."

_REPORT_THE_FILE = ("D302", "D303", "D304")
"""The rules about a file that is not a complete disk: the rules about its guest cannot be checked then."""


def check_image(plan: Plan, facts: Facts, settings: Settings) -> Report:
    """Return every finding about the image as the plan leaves it, with its full severity, whoever caused it.

    Args:
        plan: The image, and how it would be changed.
        facts: The facts that the rules ask for.
        settings: The site's settings.
    """
    check = _Check(facts, settings, plan.audience, lightest=Severity.NOTE)
    return Report.of(check.findings(plan, rules()))


def check_plan(plan: Plan, facts: Facts, settings: Settings) -> Report:
    """Return the findings that matter to a plan, warnings and worse: ``Report.stops`` is true if they stop it.

    Args:
        plan: The change that is about to be made.
        facts: The facts that the rules ask for.
        settings: The site's settings.
    """
    check = _Check(facts, settings, plan.audience, lightest=Severity.WARNING)
    asked = tuple(rule for rule in rules() if not plan.only_narrows or _depends_on_access(rule))
    report = Report.of(check.findings(plan, asked))
    if plan.now is None or plan.widens:
        return report
    # The audience stays that of the plan: a flaw of a public image can be none of the same image for fewer people.
    before = {finding.flaw for finding in check.findings(plan.now, asked)}
    claiming = {rule.code for rule in asked if not rule.claims.isdisjoint(plan.claims)}
    before -= {flaw for flaw in before if flaw[0] in claiming and flaw[1] is Outcome.UNKNOWN}
    new = [finding for finding in report.findings if finding.flaw not in before]
    if plan.keeps_image:
        return Report.of(new)
    # A rule that could not be checked before either is not reported with each tag that is added, unless the plan
    # changes what the rule compares: nobody has checked the new value.
    old = [finding for finding in report.findings if finding.flaw in before and finding.outcome is Outcome.BROKEN]
    return Report.of(new + [replace(one, severity=Severity.WARNING) if one.stops else one for one in old])


@dataclass(frozen=True)
class _Check:
    """A check by the severities for one audience.

    Args:
        lightest: Rules with a lower severity are not asked: the facts that they need may cost a request.
    """

    facts: Facts
    settings: Settings
    audience: Visibility
    lightest: Severity

    def findings(self, plan: Plan, asked: Iterable[Rule]) -> Iterator[Finding]:
        """Yield what the rules find; a fact that could not be found out makes a finding with outcome *unknown*."""
        guest = guest_in_machine(self.facts.guest, plan.image, self.settings.machine_type)
        facts = replace(self.facts, guest=guest, outcome_of=partial(self._outcome, plan))
        for rule in asked:
            severity = rule.severity_of(plan.image, self.audience, self.settings)
            if severity.rank < self.lightest.rank:
                continue
            waivers = plan.waived if severity is not Severity.FORBIDDEN else frozenset()
            waived = not waivers.isdisjoint(rule.waivers(plan.image))
            try:
                with failure_as_unknown(rule):
                    for flaw in rule.check(plan, facts):
                        if not isinstance(flaw, Flaw):
                            raise TypeError(f"check yields a {type(flaw).__name__}, not a Flaw")
                        yield flaw.as_finding(rule.code, severity, waived=waived)
            except Unknown as unknown:
                if not self._is_omitted(unknown, plan.waived):
                    if rule.code not in self.settings.unknown_is_error:
                        severity = severity.at_most(Severity.WARNING)
                    yield Finding(
                        code=rule.code,
                        severity=severity,
                        outcome=Outcome.UNKNOWN,
                        message=unknown.why,
                        waived=rule.code in waivers,
                    )

    def _outcome(self, plan: Plan, code: str) -> Outcome | None:
        """Return the outcome of one rule, whatever is waived; None: the image follows it, or there is no such rule."""
        facts = replace(self.facts, guest=guest_in_machine(self.facts.guest, plan.image, self.settings.machine_type))
        for rule in rules():
            if rule.code == code and rule.severity_for(self.audience, self.settings) is not Severity.IGNORED:
                try:
                    with failure_as_unknown(rule):
                        return Outcome.BROKEN if next(iter(rule.check(plan, facts)), None) else None
                except Unknown:
                    return Outcome.UNKNOWN
        return None

    def _is_omitted(self, unknown: Unknown, waived: frozenset[str]) -> bool:
        """Check whether an unknown fact is reported elsewhere, later, or not at all.

        A declined inspection of an image that others cannot see is not reported, unless the user asks for everything.
        A flaw that is waived, or that a site does not make an error, is no reason to omit what could not be checked
        because of it: the plan goes on.
        """
        if isinstance(unknown, AlreadyReported) and not self._stops_a_flaw_of_the_file(waived):
            return False
        is_for_others = self.audience is not Visibility.PRIVATE or self.lightest is Severity.NOTE
        return isinstance(unknown, NotYet | AlreadyReported) or (isinstance(unknown, Declined) and not is_for_others)

    def _stops_a_flaw_of_the_file(self, waived: frozenset[str]) -> bool:
        """Check whether each rule about a file that is not a complete disk stops the plan."""
        reporting = (rule for rule in rules() if rule.code in _REPORT_THE_FILE)
        severities = (
            Severity.IGNORED if rule.code in waived else rule.severity_for(self.audience, self.settings)
            for rule in reporting
        )
        return all(severity.rank >= Severity.ERROR.rank for severity in severities)


def waivers_of(finding: Finding, image: Image) -> frozenset[str]:
    """Return the codes whose waiver covers a finding about an image: that of its rule, and of one in whose place it is.

    A rule that could not be checked is not in the place of another one.
    """
    codes = (rule.waivers(image) for rule in rules() if rule.code == finding.code and finding.outcome is Outcome.BROKEN)
    return next(codes, frozenset((finding.code,)))


def _depends_on_access(rule: Rule) -> bool:
    """Check whether a rule can find something new in a plan that only narrows.

    The built-in rules about NICs, disks, metadata and hygiene cannot: such a plan changes nothing that they check.
    (M406 compares with the people whom the image reaches; when they become fewer, its findings only disappear.) A rule
    of a site can depend on anything.
    """
    return rule.code.startswith("V") or rule.site_package is not None


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
    name = f"rule {type(rule).__name__} of the package {rule.site_package}"
    try:
        with nullcontext() if rule.site_package is None else _output_as_log(name):
            yield
    except (Unknown, Error, MemoryError, Terminated):
        raise
    except (Exception, SystemExit) as failure:
        if rule.site_package is None:
            raise
        place = traceback.extract_tb(failure.__traceback__)[-1]
        raise Unknown(
            f"the {name} failed ({_in_words(failure)}, in {Path(place.filename).name}, line {place.lineno}); "
            "report this to its authors"
        ) from failure


def _output_as_log(name: str) -> AbstractContextManager[None]:
    from vscclient.policy.site_output import output_as_log  # few sites have rules of their own

    return output_as_log(name)


def _with_code(base: type[Rule]) -> Iterator[type[Rule]]:
    """Yield the classes that have a code of their own; a class without one is the base of several rules."""
    for rule in base.__subclasses__():
        if "code" in vars(rule):
            yield rule
        yield from _with_code(rule)


def _load(entry: EntryPoint) -> Rule:
    """Return an instance of a site's rule."""
    with _output_as_log(f"rule '{entry.name}' of the package {_package(entry)}"):
        return _instantiate(entry)


def _instantiate(entry: EntryPoint) -> Rule:
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
