"""The page of a rule in the manual, made from the rule's docstring."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

from vscclient.policy.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Page:
    """The texts of a rule's page, each on one line, with its markup.

    Args:
        asks: What the rule asks.
        why: Why it asks that.
        fix: How to fix an image.
    """

    asks: str
    why: str = ""
    fix: str = ""

    @property
    def first_sentence(self) -> str:
        """What the rule asks, in one sentence."""
        return re.split(r"(?<=\.) (?=[A-Z])", self.asks, maxsplit=1)[0]

    def without_markup(self) -> Page:
        """Return the page as plain text, for a terminal."""
        return Page(**{part: text.replace("``", "") for part, text in vars(self).items()})


def page_of(rule: Rule) -> Page:
    """Return the page of a rule. ``Why:`` and ``Fix:`` begin its second and third part."""
    asks, *parts = re.split(r"^(Why|Fix): ", inspect.getdoc(rule) or "", flags=re.MULTILINE)
    texts = {name: _one_line(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return Page(asks=_one_line(asks), why=texts.get("Why", ""), fix=texts.get("Fix", ""))


def _one_line(text: str) -> str:
    return " ".join(text.split())
