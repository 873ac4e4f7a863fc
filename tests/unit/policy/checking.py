"""Checking one case by one rule, for the tests of single rules."""

from __future__ import annotations

from typing import Any

from vscclient.model.finding import Finding
from vscclient.model.settings import Settings
from vscclient.policy.engine import check_image
from vscclient.policy.example import case


def findings(code: str, **about: Any) -> list[Finding]:
    """Return the findings of one rule about a sound image with the given differences (see ``case``)."""
    example = case(**about)
    return [found for found in check_image(example.plan, example.facts, Settings()).findings if found.code == code]
