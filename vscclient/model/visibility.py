"""The visibility of an image, and the projects that can use it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Visibility(StrEnum):
    """Glance's visibilities, from the fewest people to the most.

    Source: Image API v2, ``visibility`` of an image.
    """

    PRIVATE = "private"
    SHARED = "shared"
    COMMUNITY = "community"
    PUBLIC = "public"

    def is_wider_than(self, other: Visibility) -> bool:
        """Return True if this visibility lets more people in than the other."""
        order = list(Visibility)
        return order.index(self) > order.index(other)


_FOR_EVERYBODY = (Visibility.COMMUNITY, Visibility.PUBLIC)


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """The projects that can use an image.

    Args:
        visibility: The visibility of the image.
        owner: ID of the project that owns the image; None: unknown.
        members: IDs of the projects that the image is shared with.
        status: The status of the image: only the data of an ``active`` one can be used.
    """

    visibility: Visibility
    owner: str | None = None
    members: frozenset[str] = frozenset()
    status: str = "active"

    @property
    def has_others(self) -> bool:
        """True if projects besides the owner can use the image."""
        return self.visibility in _FOR_EVERYBODY or bool(self.projects - {self.owner})

    def covers(self, other: Recipients) -> bool:
        """Return True if these recipients include all of the others."""
        if self.visibility in _FOR_EVERYBODY:
            return True
        return other.visibility not in _FOR_EVERYBODY and other.projects <= self.projects

    def not_in(self, other: Recipients) -> tuple[str, ...]:
        """Return the IDs of the projects that the other recipients lack; none, if these recipients are everybody."""
        return () if self.visibility in _FOR_EVERYBODY else tuple(sorted(self.projects - other.projects))

    @property
    def projects(self) -> frozenset[str]:
        """The IDs of the projects, for an image that is not for everybody."""
        owner = {self.owner} if self.owner else set()
        return frozenset(owner | (self.members if self.visibility is Visibility.SHARED else set()))
