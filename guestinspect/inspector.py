"""The work of the child process: open the disk, ask for every fact, and write the report."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn, TypeVar, cast

from guestinspect.disk.blocks import Blocks, FileBlocks
from guestinspect.disk.explorer import skip_unused_modules
from guestinspect.disk.limits import FETCHED_FILE_BYTES, FILE_BYTES
from guestinspect.model.fact import Fact, Provider, Unknown, once
from guestinspect.model.inspection import Inspection, UnknownReason, to_json, unknown_inspection
from guestinspect.model.leftover import Kind, Leftover

T = TypeVar("T")

_SYSTEM_FACTS = (
    "os_distro",
    "os_version",
    "architecture",
    "boot",
    "root_device",
    "guest_agent",
    "cloud_init",
    "key_agents",
    "ssh_server",
)
_NETWORK_FACTS = (
    *("network_stacks", "nics_at_boot", "nic_hotplug", "pins"),
    *("q35_nics_at_boot", "q35_nic_hotplug", "q35_pins"),
    *("other_bus_nics_at_boot", "other_bus_nic_hotplug"),
)

_NOT_INSPECTED = {
    "windows": "the guest is Windows, which cannot be checked",
    "installer": "the disk is an installer, not a guest",
    "nothing": "no guest was found on the disk",
}
"""The kinds of disks that are not inspected, and why. With one reason for all facts, the user sees one line."""

NOT_UNDERSTOOD = "not understood"
"""The kind of a disk that could not be understood. Inspecting it again would not help."""

_TOO_LONG = UnknownReason("the inspection took too long")
FAILED = "the inspection failed"
OUT_OF_MEMORY = "the inspection takes too much memory"
"""The beginnings of the reasons for an unexpected error. The fuzz tests count them as failures."""


def main(blocks: Blocks, report_fd: int) -> None:
    """Inspect a disk and write the report.

    Args:
        blocks: The disk.
        report_fd: The pipe for the report.
    """
    signal.signal(signal.SIGXCPU, _raise_time_is_up)
    skip_unused_modules()
    inspection = inspect(blocks)
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    with open(report_fd, "w", encoding="ascii") as pipe:
        pipe.write(to_json(inspection))


def inspect(blocks: Blocks) -> Inspection:
    """Inspect the guest on a disk, in this process."""
    counted, search = _CountedBlocks(blocks), _Search()
    longest_bytes = FILE_BYTES if isinstance(blocks, FileBlocks) else FETCHED_FILE_BYTES
    disk: Any = search.result(lambda: _open_disk(counted))
    kind = disk if isinstance(disk, UnknownReason) else search.result(lambda: str(disk.kind))
    if isinstance(kind, UnknownReason):
        return unknown_inspection(kind.unknown, kind=NOT_UNDERSTOOD, bytes_read=counted.bytes_read)
    if kind in _NOT_INSPECTED:
        return unknown_inspection(_NOT_INSPECTED[kind], kind=kind, bytes_read=counted.bytes_read)
    initramfs = once(lambda: _open_initramfs(disk, longest_bytes))
    facts = {
        "unclean_file_systems": search.result(lambda: Fact(disk.unclean_file_systems, "the disk")),
        **search.facts(_SYSTEM_FACTS, lambda: _system_facts(disk, initramfs)),
        **search.facts(_NETWORK_FACTS, lambda: _network_facts(disk, initramfs)),
    }
    leftovers = {leftover: search.result(partial(_find_leftovers, disk, leftover)) for leftover in Kind}
    return Inspection(kind=kind, guest=facts, leftovers=leftovers, bytes_read=counted.bytes_read)


class _TimeIsUp(BaseException):
    """The processor time is used up. It is not an ``Exception``, which a reader would take for damage of the disk."""


def _raise_time_is_up(*_: object) -> NoReturn:
    raise _TimeIsUp


class _Search:
    """Asks for facts one by one. If a hostile disk breaks one search, the facts found before are kept."""

    def __init__(self) -> None:
        self._is_over = False

    def facts(
        self, names: tuple[str, ...], find: Callable[[], Mapping[str, Provider[Any]]]
    ) -> dict[str, Fact[Any] | UnknownReason]:
        """Return the facts of these names; if the search fails as a whole, all of them are unknown for that reason."""
        providers = self.result(find)
        if isinstance(providers, UnknownReason):
            return dict.fromkeys(names, providers)
        return {name: self.result(providers[name]) for name in names}

    def result(self, find: Callable[[], T]) -> T | UnknownReason:
        """Return the result of a search, or why it failed: without the text of an error, which may hold secrets."""
        try:
            return _TOO_LONG if self._is_over else find()
        except _TimeIsUp:
            self._is_over = True
            return _TOO_LONG
        except Unknown as unknown:
            return UnknownReason(unknown.why)
        except MemoryError:
            return UnknownReason(OUT_OF_MEMORY)
        except Exception as error:  # noqa: BLE001 - a hostile disk can make a reader raise anything
            return UnknownReason(f"{FAILED} ({type(error).__name__})")


# The readers are imported when they are needed: most of the time is importing, and many disks hold no guest.


def _open_disk(blocks: Blocks) -> Any:
    from guestinspect.disk.open_disk import open_disk

    return open_disk(blocks)


def _open_initramfs(disk: Any, longest_bytes: int) -> Any:
    from guestinspect.guest.initramfs.initramfs import open_initramfs

    return open_initramfs(disk.tree, longest_bytes)


def _system_facts(disk: Any, initramfs: Callable[[], Any]) -> Mapping[str, Provider[Any]]:
    from guestinspect.guest.facts import facts_of

    facts = facts_of(disk.tree, disk.layout, lambda: disk.efi, disk.volumes, initramfs)
    return cast(Mapping[str, Provider[Any]], facts)


def _network_facts(disk: Any, initramfs: Callable[[], Any]) -> Mapping[str, Provider[Any]]:
    from guestinspect.network.verdict import facts_of

    return cast(Mapping[str, Provider[Any]], facts_of(disk.tree, disk.missing, disk.volumes, initramfs))


def _find_leftovers(disk: Any, kind: Kind) -> Fact[tuple[Leftover, ...]]:
    from guestinspect.leftovers.finder import find_leftovers, with_other_systems

    return with_other_systems(lambda: find_leftovers(disk.tree, kind), disk.other_systems, kind)


class _CountedBlocks:
    """Blocks that count how many bytes of them were read."""

    def __init__(self, blocks: Blocks) -> None:
        self.size_bytes = blocks.size_bytes
        self.bytes_read = 0
        self._blocks = blocks

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        content = self._blocks.read_at(offset_bytes, length_bytes)
        self.bytes_read += len(content)
        return content
