"""The result of inspecting a disk and the guest on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, get_args, get_type_hints

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, NoGuest, Provider, Unknown, known_fact, unknown_fact
from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind, Leftover

SCHEMA_VERSION = 6
"""The version of an inspection and of its JSON. It grows when inspecting the same disk may find something else, or when
the JSON changes."""

INSTALLER = "installer"
"""The kind of a disk that installs a guest on another disk."""

_NOT_INSPECTED = "the disk was not inspected"

_WITHHELD = "the reason is withheld: it may contain a location"


@dataclass(frozen=True)
class UnknownReason:
    """The reason why a fact is unknown.

    Args:
        unknown: The reason, as the end of a sentence.
    """

    unknown: str


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """The facts of a disk and of the guest on it. They depend on the data alone, and contain no secret.

    Args:
        kind: The kind of guest, in a word: ``linux``; empty if even the kind is unknown.
        disk: The facts of :class:`~guestinspect.model.disk.Disk` by name; all of them.
        guest: The facts of :class:`~guestinspect.model.guest.Guest` by name; all of them.
        leftovers: The leftovers by kind; all kinds.
        bytes_read: Number of bytes that were read of the disk; of a file, only those that the guest needed.
        schema_version: The version of the inspection that found the facts.
    """

    kind: str
    disk: Mapping[str, Fact[Any] | UnknownReason] = field(default_factory=lambda: collect_facts(Disk()))
    guest: Mapping[str, Fact[Any] | UnknownReason]
    leftovers: Mapping[Kind, Fact[tuple[Leftover, ...]] | UnknownReason]
    bytes_read: int = 0
    schema_version: int = SCHEMA_VERSION

    def as_disk(self) -> Disk:
        """Return the facts of the disk as rules ask for them."""
        return Disk(**{name: _provider(fact) for name, fact in self.disk.items()})

    def as_guest(self) -> Guest:
        """Return the facts of the guest as rules ask for them; those of an installer raise NoGuest."""
        unknown = NoGuest if self.kind == INSTALLER else Unknown

        def leftovers(kind: Kind) -> Fact[tuple[Leftover, ...]]:
            return _provider(self.leftovers[kind], unknown)()

        providers: dict[str, Any] = {name: _provider(fact, unknown) for name, fact in self.guest.items()}
        return Guest(leftovers=leftovers, **providers)

    def without_locations(self) -> Inspection:
        """Return the inspection without anything that shows where a secret is: a server may store it with an image.

        The number of leftovers of each kind remains. The reason of an unknown kind remains if a fact of the guest is
        unknown for the same reason: then it is not about the place of a leftover.
        """
        harmless = {fact for fact in self.guest.values() if isinstance(fact, UnknownReason)}

        def stripped(kind: Kind, found: Fact[tuple[Leftover, ...]] | UnknownReason) -> Any:
            if isinstance(found, UnknownReason):
                return found if found in harmless else UnknownReason(_WITHHELD)
            return Fact(tuple(Leftover(kind, "", "") for _ in found.value), "")

        return replace(self, leftovers={kind: stripped(kind, found) for kind, found in self.leftovers.items()})


def unknown_inspection(reason: str, *, kind: str = "", bytes_read: int = 0) -> Inspection:
    """Return an inspection of which every fact of the guest is unknown, for one reason."""
    return Inspection(
        kind=kind,
        guest={name: UnknownReason(reason) for name in guest_fact_types()},
        leftovers={leftover: UnknownReason(reason) for leftover in Kind},
        bytes_read=bytes_read,
    )


def collect_facts(disk: Disk) -> dict[str, Fact[Any] | UnknownReason]:
    """Ask for every fact of a disk."""
    facts: dict[str, Fact[Any] | UnknownReason] = {}
    for name in disk_fact_types():
        try:
            facts[name] = getattr(disk, name)()
        except Unknown as unknown:
            facts[name] = UnknownReason(unknown.why)
    return facts


@cache
def disk_fact_types() -> Mapping[str, Any]:
    """Return the type of each fact of a disk by its name: ``{"disk_format": Fact[str]}``."""
    return _fact_types(Disk)


@cache
def guest_fact_types() -> Mapping[str, Any]:
    """Return the type of each fact of a guest by its name: ``{"os_distro": Fact[str]}``. Leftovers are not facts."""
    return {name: type_ for name, type_ in _fact_types(Guest).items() if name != "leftovers"}


def _fact_types(owner: type[Disk] | type[Guest]) -> dict[str, Any]:
    hints = get_type_hints(owner)
    return {field.name: get_args(hints[field.name])[-1] for field in fields(owner)}


def _provider(found: Fact[Any] | UnknownReason, unknown: type[Unknown] = Unknown) -> Provider[Any]:
    if isinstance(found, UnknownReason):
        return unknown_fact(unknown(found.unknown))
    return known_fact(found.value, found.location)
