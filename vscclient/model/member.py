"""The projects that an image is shared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vscclient.model.member_status import MemberStatus


@dataclass(frozen=True, kw_only=True)
class Member:
    """A project that an image is shared with, as Glance has it.

    Args:
        id: What is stored as the project's ID. The standard client may have stored anything: a name.
        since: When the status was given, as Glance writes a time: ``2026-11-24T23:38:06Z``.
        record: What Glance said of it, unchanged, for showing.
    """

    id: str
    status: MemberStatus
    since: str = ""
    record: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
