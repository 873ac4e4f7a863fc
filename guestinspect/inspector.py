"""The work of the process that looks inside a guest: it opens the disk, asks for every fact, and writes them down."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn, TypeVar, cast

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.explorer import skip_unused_modules
from guestinspect.model.fact import Fact, Provider, Unknown, known_fact
from guestinspect.model.inspection import Inspection, UnknownReason, unknown_inspection
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.serialization import to_json

T = TypeVar("T")

_OF_SYSTEM = ("os_distro", "os_version", "architecture", "boot", "guest_agent", "cloud_init", "key_agents")
_OF_DISK = ("unclean_file_systems",)
_OF_NETWORK = ("network_stacks", "nics_at_boot", "nic_hotplug", "pins")

_NOT_JUDGED = {
    "windows": "it is a Windows guest, which cannot be judged",
    "installer": "it is an installer, and no guest yet",
    "nothing": "no guest was found on it",
}
"""What is not looked at any further, and why. One reason for all facts is one line for the user."""


_NOT_UNDERSTOOD = "not understood"
"""The kind of a disk that was read to no avail; reading it again would not help."""


def main(blocks: Blocks, report_fd: int) -> None:
    """Looks, and writes the report into the pipe."""
    signal.signal(signal.SIGXCPU, _raise_time_is_up)
    skip_unused_modules()
    found = inspect(blocks)
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    with open(report_fd, "w", encoding="ascii") as pipe:
        pipe.write(to_json(found))


def inspect(blocks: Blocks) -> Inspection:
    """What is found inside the guest on these blocks."""
    counted, search = _Counted(blocks), _Search()
    disk = search.found(lambda: _opened(counted))
    kind = disk if isinstance(disk, UnknownReason) else search.found(lambda: str(disk.kind))
    if isinstance(kind, UnknownReason):
        return unknown_inspection(kind.unknown, kind=_NOT_UNDERSTOOD, bytes_read=counted.bytes_read)
    if kind in _NOT_JUDGED:
        return unknown_inspection(_NOT_JUDGED[kind], kind=kind, bytes_read=counted.bytes_read)
    facts = {
        **search.facts(_OF_DISK, lambda: _disk(disk)),
        **search.facts(_OF_SYSTEM, lambda: _system(disk)),
        **search.facts(_OF_NETWORK, lambda: _network(disk)),
    }
    leftovers = {leftover: search.found(_leftovers(disk, leftover)) for leftover in Kind}
    return Inspection(kind=kind, guest=facts, leftovers=leftovers, bytes_read=counted.bytes_read)


class _TimeIsUp(BaseException):
    """The processor time is used up. No ``Exception``: nobody on the way takes it for damage of the disk."""


def _raise_time_is_up(*_: object) -> NoReturn:
    raise _TimeIsUp


class _Search:
    """Asks for one fact after the other. What a hostile disk does to one of them must not cost those found before."""

    def __init__(self) -> None:
        self._is_over = False

    def facts(
        self, names: tuple[str, ...], find_leftovers: Callable[[], Mapping[str, Provider[Any]]]
    ) -> dict[str, Fact[Any] | UnknownReason]:
        """The facts of these names; where the search fails as a whole, all of them are unknown for that reason."""
        providers = self.found(find_leftovers)
        if isinstance(providers, UnknownReason):
            return dict.fromkeys(names, providers)
        return {name: self.found(partial(_fact, providers, name)) for name in names}

    def found(self, find_leftovers: Callable[[], T]) -> T | UnknownReason:
        """What was found, or why not; what is in an unforeseen error is not told, it may be anything."""
        try:
            return UnknownReason("the look inside took too long") if self._is_over else find_leftovers()
        except _TimeIsUp:
            self._is_over = True
            return UnknownReason("the look inside took too long")
        except Unknown as unfound:
            return UnknownReason(unfound.why)
        except MemoryError:
            return UnknownReason("finding it out takes too much memory")
        except Exception as surprise:  # noqa: BLE001
            return UnknownReason(f"the look inside stumbled over it ({type(surprise).__name__})")


def _fact(providers: Mapping[str, Provider[Any]], name: str) -> Fact[Any]:
    return providers[name]()


def _opened(blocks: Blocks) -> Any:
    from guestinspect.disk.open_disk import open_disk

    return open_disk(blocks)


def _disk(disk: Any) -> Mapping[str, Provider[Any]]:
    return {"unclean_file_systems": known_fact(disk.unclean_file_systems, "the disk")}


def _system(disk: Any) -> Mapping[str, Provider[Any]]:
    from guestinspect.guest.facts import facts_of

    return cast(Mapping[str, Provider[Any]], facts_of(disk.tree, disk.layout, lambda: disk.efi))


def _network(disk: Any) -> Mapping[str, Provider[Any]]:
    from guestinspect.network.verdict import facts_of

    return cast(Mapping[str, Provider[Any]], facts_of(disk.tree, disk.missing))


def _leftovers(disk: Any, kind: Kind) -> Provider[tuple[Leftover, ...]]:
    def search() -> Fact[tuple[Leftover, ...]]:
        from guestinspect.leftovers.finder import find_leftovers

        return find_leftovers(disk.tree, kind)

    return search


class _Counted:
    """Blocks, and how many bytes of them were read."""

    def __init__(self, blocks: Blocks) -> None:
        self.size_bytes = blocks.size_bytes
        self.bytes_read = 0
        self._blocks = blocks

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        content = self._blocks.read_at(offset_bytes, length_bytes)
        self.bytes_read += len(content)
        return content
