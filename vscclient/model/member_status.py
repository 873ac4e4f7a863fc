"""Answers to a shared image. Every ``openstack`` command imports this module: nothing heavy here."""

from __future__ import annotations

from enum import StrEnum


class MemberStatus(StrEnum):
    """The answer of a project to an image that is shared with it. Source: Image API v2, members."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
