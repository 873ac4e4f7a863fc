"""What a project says to an image that is shared with it. Every ``openstack`` imports this: nothing heavy here."""

from __future__ import annotations

from enum import StrEnum


class MemberStatus(StrEnum):
    """What a project said to an image that is shared with it. Source: Image API v2, members."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
