"""Projects, and how a project was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ProjectId = NewType("ProjectId", str)
"""The ID of a project, from Keystone, Glance or a token: a name must never be stored as a member."""


class Resolution(StrEnum):
    """The way in which a project was found."""

    OWN = "own"
    LOOKED_UP = "looked up"
    UNVERIFIED = "unverified"
    ABSENT = "absent"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, kw_only=True)
class NamedProject:
    """A project as the user named it, and as it was found.

    Args:
        label: The name or ID that was given.
        project_id: Its ID; None if it could not be resolved.
        resolution: How it was found.
    """

    label: str
    project_id: ProjectId | None
    resolution: Resolution

    @property
    def name(self) -> str:
        """The name that was given; empty if the ID was given."""
        return "" if self.project_id == self.label.replace("-", "").lower() else self.label

    @property
    def key(self) -> str:
        """The key to compare projects by: a project has one ID, whatever name was given."""
        return self.project_id or self.label
