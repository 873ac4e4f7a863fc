"""The directives ``rules`` and ``rule-pages``: a table of all rules, and a section for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.osc.fix_commands.rule_examples import commands
from vscclient.policy.engine import rules
from vscclient.policy.rule import Rule
from vscclient.policy.rule_page import example_fixes, page_of

_BUILT_IN = Settings()
_HEADINGS = ("Code", "Requirement", "Error for", "Warning for", "``--waive``")
_FAMILIES = {
    "V": "Visibility and access",
    "N": "Network interfaces",
    "D": "The disk",
    "M": "Metadata",
    "H": "Hygiene: what the guest still contains",
}
"""The headings, by the first letter of the code."""


class RulesTable(SphinxDirective):
    """A table with one row for each rule."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_table()))


class RulePages(SphinxDirective):
    """The directive ``rule-pages``: one section for each rule, by families."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(_pages()), allow_section_headings=True)


def _table() -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "   :widths: 10 46 18 14 12", "")
    yield from _rows([_HEADINGS, *(_row(rule) for rule in _in_order())])


def _row(rule: Rule) -> tuple[str, ...]:
    errors = _images(rule, Severity.ERROR, Severity.FORBIDDEN)
    code = f":ref:`{rule.code} <rule-{rule.code}>`"
    return code, page_of(rule).requirement, errors, _images(rule, Severity.WARNING), _waivable(rule)


def _pages() -> Iterator[str]:
    for letter, family in groupby(_in_order(), key=lambda rule: rule.code[0]):
        yield from _heading(_FAMILIES.get(letter, letter), "=")
        for rule in family:
            yield from _page(rule)


def _page(rule: Rule) -> Iterator[str]:
    page = page_of(rule)
    yield from (f".. _rule-{rule.code}:", "")
    yield from _heading(f"{rule.code}: {page.first_sentence.rstrip('.')}", "-")
    yield from (page.requirement.removeprefix(page.first_sentence).strip(), "")
    yield from (f"**Why:** {page.why}", "", f"**Fix:** {page.fix}", "")
    yield from _examples(rule)
    yield from (".. list-table::", "   :header-rows: 1", "")
    severities = [str(rule.severity_for(visibility, _BUILT_IN)) for visibility in Visibility]
    yield from _rows([[*Visibility, f"``--waive {rule.code}``"], [*severities, _waivable(rule)]])
    yield ""


def _examples(rule: Rule) -> Iterator[str]:
    """Yield the commands that fix the bad example of the rule."""
    lines = commands(example_fixes(rule), rule.code)
    if lines:
        yield from ("For example:", "", ".. code-block:: text", "", *(f"   {line}" for line in lines), "")


def _heading(text: str, line: str) -> Iterator[str]:
    yield from (text, line * len(text), "")


def _rows(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    for row in rows:
        for number, cell in enumerate(row):
            yield f"   {'* -' if number == 0 else '  -'} {cell}"


def _images(rule: Rule, *severities: Severity) -> str:
    """Return the visibilities for which a rule has one of these severities, in words."""
    hit = [str(visibility) for visibility in Visibility if rule.severity[visibility] in severities]
    return "all images" if len(hit) == len(Visibility) else ", ".join(hit)


def _waivable(rule: Rule) -> str:
    """Return whether a waiver lifts the errors of a rule: yes, no, or empty if the rule has no errors."""
    return {True: "yes", False: "no", None: ""}[rule.is_waivable(_BUILT_IN)]


def _in_order() -> list[Rule]:
    """Return all rules, in the order of the headings."""
    families = list(_FAMILIES)

    def place(rule: Rule) -> tuple[int, str]:
        letter = rule.code[0]
        return families.index(letter) if letter in families else len(families), rule.code

    return sorted(rules(), key=place)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives with Sphinx."""
    app.add_directive("rules", RulesTable)
    app.add_directive("rule-pages", RulePages)
    return {"parallel_read_safe": True}
