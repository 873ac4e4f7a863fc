"""The projects that an image is shared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vscclient.model.member_status import MemberStatus


@dataclass(frozen=True, kw_only=True)
class Member:
    """A project that an image is shared with, as Glance has it.

    Args:
        id: The stored ID of the project. The standard client may have stored any text: a name.
        status: The project's answer.
        since: Time of the answer, as Glance writes a time: ``2026-11-24T23:38:06Z``.
        record: Glance's record, unchanged, for output.
    """

    id: str
    status: MemberStatus
    since: str = ""
    record: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
