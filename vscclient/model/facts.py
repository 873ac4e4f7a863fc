"""Everything that a rule may ask for."""

from __future__ import annotations

from dataclasses import dataclass, field

from vscclient.model.disk import Disk
from vscclient.model.fact import Provider, unknown


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Providers of what is true; a rule opens nothing itself. What was not looked at raises Unknown when asked for.

    Args:
        disk: What the bytes of the disk show.
        is_staff: Whether the user has the cloud's publishing role.
    """

    disk: Disk = field(default_factory=Disk)
    is_staff: Provider[bool] = unknown("not signed in")
