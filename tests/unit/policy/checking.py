"""Checking one case by one rule, for the tests of single rules."""

from __future__ import annotations

from typing import Any

from guestinspect.model.disk import Content
from guestinspect.model.fact import NoGuest
from guestinspect.model.guest import Guest
from vscclient.model.finding import Finding
from vscclient.model.settings import Settings
from vscclient.policy.engine import check_image
from vscclient.policy.example import case

KERNEL: dict[str, Any] = {"disk_format": "raw", "content": Content.KERNEL}
"""The facts of the data of a kernel."""

ISO: dict[str, Any] = {"disk_format": "iso"}
"""The facts of the data of an ISO image."""

INSTALLER: dict[str, Any] = dict.fromkeys(Guest.__dataclass_fields__, NoGuest("it is an installer, not a guest"))
"""The facts of the guest on the ISO image of an installer."""


def findings(code: str, **about: Any) -> list[Finding]:
    """Return the findings of one rule about a sound image with the given differences (see ``case``)."""
    example = case(**about)
    return [found for found in check_image(example.plan, example.facts, Settings()).findings if found.code == code]
