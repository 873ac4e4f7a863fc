"""The data of an image: its disk, and the guest on it, wherever the data is read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from guestinspect.api import Inspection, UnknownReason
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Declined, Unknown
from guestinspect.model.guest import Guest, lazy_guest

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
        guest: The guest, as the rules ask for it.
        inspect: Inspects the guest at the first call; raises Unknown if that is impossible.
        cost: Returns the cost so far.
    """

    disk: Disk
    guest: Guest
    inspect: Callable[[], Inspection]
    cost: Callable[[], Cost] = field(default=Cost)

    @property
    def is_inspected(self) -> bool:
        """True if the guest could be inspected, as far as it was found."""
        try:
            inspection = self.inspect()
        except Unknown:
            return False
        return bool(inspection.kind) or not isinstance(next(iter(inspection.guest.values())), UnknownReason)


def inspected_data(disk: Disk, inspect: Callable[[], Inspection], cost: Callable[[], Cost] = Cost) -> ImageData:
    """Return data whose guest is inspected when a rule asks for it."""
    return ImageData(disk=disk, guest=lazy_guest(lambda: inspect().as_guest()), inspect=inspect, cost=cost)


def unknown_data(disk: Disk, reason: Unknown) -> ImageData:
    """Return data whose guest is unknown for a reason."""

    def inspect() -> Inspection:
        raise reason

    return inspected_data(disk, inspect)
