"""Projects, and how we came to know of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ProjectId = NewType("ProjectId", str)
"""The ID of a project. Only ``identity/`` makes one: a project's name must never be stored as a member."""


class Resolution(StrEnum):
    """How a project that the user named was found."""

    OWN = "own"
    LOOKED_UP = "looked up"
    UNVERIFIED = "unverified"
    ABSENT = "absent"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, kw_only=True)
class NamedProject:
    """A project as the user named it, and what was found.

    Args:
        said: The name or ID that was given.
        project_id: Its ID; None when nobody could resolve it.
        resolution: How it was found.
    """

    said: str
    project_id: ProjectId | None
    resolution: Resolution

    @property
    def key(self) -> str:
        """What tells projects apart: a project has one ID, however it was named."""
        return self.project_id or self.said
