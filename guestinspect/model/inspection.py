"""The result of inspecting a disk and the guest on it, and its JSON.

The JSON is for the two processes of an inspection, for a cache, and for other programs.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, NoGuest, Provider, Unknown, known_fact, unknown_fact
from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.model.machine import DEFAULT_MACHINE, MachineType

SCHEMA_VERSION = 8
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
        machine: The machine type that the facts about NICs hold for, without a prefix such as ``q35_``.
        bytes_read: Number of bytes that were read of the disk; of a file, only those that the guest needed.
        schema_version: The version of the inspection that found the facts.
    """

    kind: str
    disk: Mapping[str, Fact[Any] | UnknownReason] = field(default_factory=lambda: collect_facts(Disk()))
    guest: Mapping[str, Fact[Any] | UnknownReason]
    leftovers: Mapping[Kind, Fact[tuple[Leftover, ...]] | UnknownReason]
    machine: MachineType = DEFAULT_MACHINE
    bytes_read: int = 0
    schema_version: int = SCHEMA_VERSION

    def in_machine(self, machine: MachineType) -> Inspection:
        """Return the inspection with the facts about NICs in a machine of this type. Call it once."""
        prefix = f"{machine}_"
        facts = {name.removeprefix(prefix): fact for name, fact in self.guest.items() if name.startswith(prefix)}
        return replace(self, guest={**self.guest, **facts}, machine=machine)

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


LIMIT_BYTES = 8 * 1024**2
"""Largest JSON that is read, in bytes; the inspection of a Debian guest has 20 KiB."""


class InvalidOutput(Unknown):
    """The text is not the JSON of an inspection, or of one with another schema version."""

    def __init__(self) -> None:
        super().__init__("the inspection returned an invalid report")


def to_json(inspection: Inspection) -> str:
    """Return an inspection as JSON: equal inspections give equal texts."""
    return json.dumps(plain(inspection), sort_keys=True, separators=(",", ":"))


def plain(thing: Any) -> Any:
    """Return a value of the model as lists and dictionaries; a member of an enumeration becomes its name."""
    if is_dataclass(thing):
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, StrEnum):
        return thing.name.lower()
    if isinstance(thing, tuple):
        return [plain(part) for part in thing]
    if isinstance(thing, Mapping):
        return {str(plain(key)): plain(value) for key, value in thing.items()}
    return thing


def from_json(text: str | bytes) -> Inspection:
    """Return the inspection that :func:`to_json` has written.

    Raises:
        InvalidOutput: The text is not exactly what this version of :func:`to_json` writes.
    """
    if len(text) > LIMIT_BYTES:
        raise InvalidOutput
    try:
        parts = _check_keys(
            json.loads(text, parse_constant=_reject_constant), {field.name for field in fields(Inspection)}
        )
        if _check_type(int, parts["schema_version"]) != SCHEMA_VERSION:
            raise ValueError(parts["schema_version"])
        leftover_types = dict.fromkeys((plain(kind) for kind in Kind), Fact[tuple[Leftover, ...]])
        leftovers = _build_facts(leftover_types, parts["leftovers"])
        return Inspection(
            kind=_check_type(str, parts["kind"]),
            disk=_build_facts(disk_fact_types(), parts["disk"]),
            guest=_build_facts(guest_fact_types(), parts["guest"]),
            leftovers={kind: leftovers[plain(kind)] for kind in Kind},
            machine=_build(MachineType, parts["machine"]),
            bytes_read=_check_type(int, parts["bytes_read"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as failure:
        # json raises RecursionError for deeply nested text, such as a child that a disk has taken over may write
        raise InvalidOutput from failure


def _reject_constant(constant: str) -> NoReturn:
    """Reject ``NaN`` and ``Infinity``, which are not JSON."""
    raise ValueError(constant)


def _build_facts(fact_types: Mapping[str, Any], document: Any) -> dict[str, Any]:
    parts = _check_keys(document, fact_types)
    return {name: _build(type_ | UnknownReason, parts[name]) for name, type_ in fact_types.items()}


def _build(hint: Any, document: Any) -> Any:
    """Return a value of the type that a dataclass of the model declares."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _build_first_fitting(args, document)
    if origin is tuple:
        return tuple(_build(args[0], part) for part in _check_type(list, document))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {plain(member): member for member in hint}[_check_type(str, document)]
    if not is_dataclass(origin or hint):
        return _check_type(hint, document)
    class_: Any = origin or hint
    generic = dict(zip(getattr(class_, "__parameters__", ()), args, strict=True))
    hints = _field_types(class_)
    parts = _check_keys(document, hints)
    return class_(**{name: _build(generic.get(type_, type_), parts[name]) for name, type_ in hints.items()})


def _build_first_fitting(choices: tuple[Any, ...], document: Any) -> Any:
    """Return a value of the first of these types that fits."""
    for choice in choices:
        try:
            return _build(choice, document)
        except (ValueError, TypeError, KeyError):
            continue
    raise ValueError("no type of the union fits")


_field_types = cache(get_type_hints)


def _check_keys(document: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return a dictionary that has exactly these keys."""
    parts: dict[str, Any] = _check_type(dict, document)
    if parts.keys() != set(names):
        raise ValueError("the keys differ")
    return parts


def _check_type(type_: Any, document: Any) -> Any:
    if type(document) is not type_:  # isinstance takes True for a number
        raise TypeError(type(document).__name__)
    return document
