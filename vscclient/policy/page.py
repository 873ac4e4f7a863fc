"""A rule's page in the manual, which is its docstring."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

from vscclient.policy.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a rule says of itself, each text on one line, with its markup.

    Args:
        asks: What it asks.
        why: Why it asks that.
        fix: How to fix what is wrong.
    """

    asks: str
    why: str = ""
    fix: str = ""

    @property
    def first_sentence(self) -> str:
        """What it asks, in one sentence."""
        return re.split(r"(?<=\.) (?=[A-Z])", self.asks, maxsplit=1)[0]


def page_of(rule: Rule) -> Page:
    """The page of a rule. ``Why:`` and ``Fix:`` begin its second and third part."""
    asks, *parts = re.split(r"^(Why|Fix): ", inspect.getdoc(rule) or "", flags=re.MULTILINE)
    texts = {name: _on_one_line(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return Page(asks=_on_one_line(asks), why=texts.get("Why", ""), fix=texts.get("Fix", ""))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
