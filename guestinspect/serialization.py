"""An inspection as JSON: between the two processes, in a cache, and for other programs."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.inspection import (
    SCHEMA_VERSION,
    Inspection,
    UnknownReason,
    disk_fact_types,
    guest_fact_types,
)
from guestinspect.model.leftover import Kind, Leftover

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
