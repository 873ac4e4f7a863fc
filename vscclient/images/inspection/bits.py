"""What is known of the bits of an image, from wherever they were read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from guestinspect.api import Inspection, UnknownReason
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Declined, Unknown
from guestinspect.model.guest import Guest, lazily

NOT_INSPECTED = Declined("the guest was not inspected (--no-inspect)")


@dataclass(frozen=True)
class Cost:
    """What the look took.

    Args:
        requests: How many parts of the image the cloud was asked for.
        bytes_read: How many bytes were read.
    """

    requests: int = 0
    bytes_read: int = 0


@dataclass(frozen=True, kw_only=True)
class Bits:
    """The disk, and the guest on it. Each fact is found when it is first asked for.

    Args:
        look: Looks inside when first called; raises Unknown where nobody can.
        cost: What that took, by now.
    """

    disk: Disk
    inspect: Callable[[], Inspection]
    cost: Callable[[], Cost] = field(default=Cost)

    @cached_property
    def guest(self) -> Guest:
        """The guest, as the rules ask for it."""
        return lazily(lambda: self.inspect().as_guest())

    @property
    def why_unseen(self) -> str:
        """Why nobody could look inside; empty: somebody did."""
        try:
            inspect = self.inspect()
        except Unknown as unfound:
            return unfound.why
        found = next(iter(inspect.guest.values()))
        return found.unknown if not inspect.kind and isinstance(found, UnknownReason) else ""


def unseen(disk: Disk, why: Unknown) -> Bits:
    """Bits into which nobody can look."""

    def inspect() -> Inspection:
        raise why

    return Bits(disk=disk, inspect=inspect)
