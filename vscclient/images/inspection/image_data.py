"""The data of an image: its disk, and the guest on it, wherever the data is read from."""

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
    """The cost of an inspection.

    Args:
        requests: Number of range requests.
        bytes_read: Number of bytes that were read.
    """

    requests: int = 0
    bytes_read: int = 0


@dataclass(frozen=True, kw_only=True)
class ImageData:
    """The disk, and the guest on it. Each fact is found when it is first asked for.

    Args:
        inspect: Inspects the guest at the first call; raises Unknown if that is impossible.
        cost: Returns the cost so far.
    """

    disk: Disk
    inspect: Callable[[], Inspection]
    cost: Callable[[], Cost] = field(default=Cost)

    @cached_property
    def guest(self) -> Guest:
        """The guest, as the rules ask for it."""
        return lazily(lambda: self.inspect().as_guest())

    @property
    def reason_unknown(self) -> str:
        """The reason why the guest is unknown; empty if it was inspected."""
        try:
            inspection = self.inspect()
        except Unknown as reason:
            return reason.why
        fact = next(iter(inspection.guest.values()))
        return fact.unknown if not inspection.kind and isinstance(fact, UnknownReason) else ""


def unknown_data(disk: Disk, reason: Unknown) -> ImageData:
    """Return data whose guest is unknown for a reason."""

    def inspect() -> Inspection:
        raise reason

    return ImageData(disk=disk, inspect=inspect)
