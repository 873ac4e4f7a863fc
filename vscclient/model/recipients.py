"""Whom an image reaches."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Who may use an image.

    Args:
        owner: ID of the project that owns it; None: nobody knows.
        members: IDs of the projects that it is shared with.
    """

    visibility: Visibility
    owner: str | None = None
    members: frozenset[str] = frozenset()

    def covers(self, other: Recipients) -> bool:
        """Whether it reaches everybody whom the other reaches."""
        everybody = (Visibility.COMMUNITY, Visibility.PUBLIC)
        if self.visibility in everybody:
            return True
        return other.visibility not in everybody and other.projects <= self.projects

    @property
    def projects(self) -> frozenset[str]:
        """The projects that it reaches, where that is not everybody."""
        owner = {self.owner} if self.owner else set()
        return frozenset(owner | (self.members if self.visibility is Visibility.SHARED else set()))
