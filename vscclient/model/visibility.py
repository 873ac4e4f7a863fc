"""The visibility of an image."""

from __future__ import annotations

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
