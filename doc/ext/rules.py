"""The directive ``rules``: a table of all rules, made from the rules themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility
from vscclient.policy.registry import rules
from vscclient.policy.rule import Rule

_HEADINGS = ("Code", "What it asks", "An error for", "A warning for", "``--waive``")


class RulesTable(SphinxDirective):
    """One row for each rule that there is."""

    def run(self) -> list[nodes.Node]:
        section = nodes.Element()
        self.state.nested_parse(StringList(list(_table()), "rules"), self.content_offset, section)
        return section.children


def _table() -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "   :widths: 10 46 18 14 12", "")
    for row in (_HEADINGS, *(_row(rule) for rule in rules())):
        for number, cell in enumerate(row):
            yield f"   {'* -' if number == 0 else '  -'} {cell}"


def _row(rule: Rule) -> tuple[str, ...]:
    asks = " ".join((inspect.getdoc(rule) or "").partition("\n\n")[0].split())
    errors = _images(rule, Severity.ERROR, Severity.FORBIDDEN)
    is_liftable = Severity.ERROR in rule.severity.values()
    return rule.code, asks, errors, _images(rule, Severity.WARNING), "yes" if is_liftable else "no"


def _images(rule: Rule, *severities: Severity) -> str:
    """The images for which it has one of these weights, in words."""
    hit = [str(visibility) for visibility in Visibility if rule.severity[visibility] in severities]
    return "all images" if len(hit) == len(Visibility) else ", ".join(hit)


def setup(app: Sphinx) -> dict[str, Any]:
    """Makes the directive known to Sphinx."""
    app.add_directive("rules", RulesTable)
    return {"parallel_read_safe": True}
