"""What one look inside a guest found, and how it is written down: between two processes, and in the user's cache."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

from guestinspect.model.fact import Fact, Provider, Unknown, known_fact, unknown_fact
from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind, Leftover

SCHEMA_VERSION = 4
"""Which inspector looked. It grows when a look at the same bits may find something else, or is written otherwise."""

LIMIT_BYTES = 8 * 1024**2
"""The longest report that is believed, in bytes; that of a Debian guest has 20 KiB."""


class InvalidOutput(Unknown):
    """What was written down is no report, or one of another inspector."""

    def __init__(self) -> None:
        super().__init__("the look inside gave an answer that makes no sense")


@dataclass(frozen=True)
class UnknownReason:
    """What could not be found out, and why; the reason is the end of a sentence."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What one look inside found. It depends on the bits alone, and holds no secrets.

    Args:
        kind: What sort of guest it is, in a word; empty: not even that is known.
        facts: Those of :class:`~guestinspect.model.guest.Guest`, by name; all of them.
        leftovers: What was left, by kind; all kinds.
        bytes_read: How much of the disk was read.
        inspector: Which inspector looked.
    """

    kind: str
    facts: Mapping[str, Fact[Any] | UnknownReason]
    leftovers: Mapping[Kind, Fact[tuple[Leftover, ...]] | UnknownReason]
    bytes_read: int = 0
    inspector: int = SCHEMA_VERSION

    def guest(self) -> Guest:
        """The same, as the rules ask for it."""

        def leftovers(kind: Kind) -> Fact[tuple[Leftover, ...]]:
            return _provider(self.leftovers[kind])()

        providers: dict[str, Any] = {name: _provider(found) for name, found in self.facts.items()}
        return Guest(leftovers=leftovers, **providers)


def nothing(why: str, *, kind: str = "", bytes_read: int = 0) -> Inspection:
    """A look that found nothing out, for one reason."""
    return Inspection(
        kind=kind,
        facts={name: UnknownReason(why) for name in fact_types()},
        leftovers={leftover: UnknownReason(why) for leftover in Kind},
        bytes_read=bytes_read,
    )


@cache
def fact_types() -> Mapping[str, Any]:
    """The facts of a guest by name, and what each of them is: ``{"os_distro": Fact[str]}``."""
    hints = get_type_hints(Guest)
    return {name: get_args(provider)[-1] for name, provider in hints.items() if name != "leftovers"}


def to_json(inspection: Inspection) -> str:
    """The report as text: the same for the same bits."""
    return json.dumps(plain(inspection), sort_keys=True, separators=(",", ":"))


def plain(thing: Any) -> Any:
    """A dataclass of ours, or what is in it, as lists and dictionaries."""
    if is_dataclass(thing):
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, StrEnum):
        return thing.value
    if isinstance(thing, tuple):
        return [plain(part) for part in thing]
    if isinstance(thing, Mapping):
        return {str(plain(key)): plain(value) for key, value in thing.items()}
    return thing


def from_json(text: str | bytes) -> Inspection:
    """The report that was written down.

    Raises:
        Garbled: It is none, or it is not exactly what this inspector writes.
    """
    if len(text) > LIMIT_BYTES:
        raise InvalidOutput
    try:
        return _look(json.loads(text, parse_constant=_refuse))
    except (ValueError, TypeError, KeyError, RecursionError) as failure:
        raise InvalidOutput from failure


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _look(said: Any) -> Inspection:
    parts = _parts(said, {field.name for field in fields(Inspection)})
    if _checked(int, parts["inspector"]) != SCHEMA_VERSION:
        raise ValueError(parts["inspector"])
    facts, leftovers = _parts(parts["facts"], fact_types()), _parts(parts["leftovers"], set(Kind))
    return Inspection(
        kind=_checked(str, parts["kind"]),
        facts={name: _made(type_ | UnknownReason, facts[name]) for name, type_ in fact_types().items()},
        leftovers={kind: _made(Fact[tuple[Leftover, ...]] | UnknownReason, leftovers[kind]) for kind in Kind},
        bytes_read=_checked(int, parts["bytes_read"]),
    )


def _made(hint: Any, said: Any) -> Any:
    """What was said, as the type that a dataclass of ours declares."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of(args, said)
    if origin is tuple:
        return tuple(_made(args[0], part) for part in _checked(list, said))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(_checked(str, said))
    if is_dataclass(origin or hint):
        return _dataclass(hint, said)
    return _checked(hint, said)


def _one_of(choices: tuple[Any, ...], said: Any) -> Any:
    """What was said, as the one of these types that it fits."""
    for choice in choices:
        try:
            return _made(choice, said)
        except (ValueError, TypeError):
            continue
    raise ValueError("it is none of what it may be")


def _dataclass(hint: Any, said: Any) -> Any:
    made = get_origin(hint) or hint
    generic = dict(zip(getattr(made, "__parameters__", ()), get_args(hint), strict=True))
    hints = _hints(made)
    parts = _parts(said, hints)
    return made(**{name: _made(generic.get(type_, type_), parts[name]) for name, type_ in hints.items()})


_hints = cache(get_type_hints)


def _parts(said: Any, names: Iterable[str]) -> dict[str, Any]:
    """The parts of a dictionary that has these, and no others."""
    parts: dict[str, Any] = _checked(dict, said)
    if parts.keys() != set(names):
        raise ValueError("it has other parts")
    return parts


def _checked(type_: Any, said: Any) -> Any:
    if type(said) is not type_:  # isinstance takes True for a number
        raise TypeError(type(said).__name__)
    return said


def _provider(found: Fact[Any] | UnknownReason) -> Provider[Any]:
    return unknown_fact(found.why) if isinstance(found, UnknownReason) else known_fact(found.value, found.location)
