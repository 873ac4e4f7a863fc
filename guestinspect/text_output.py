"""An inspection as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from guestinspect.model.inspection import Inspection, plain
from guestinspect.model.machine import MachineType
from guestinspect.model.printable import printable

_OTHER_MACHINES = tuple(f"{machine}_" for machine in MachineType)
"""The prefixes of facts for one machine type, of which the chosen one's are also there without a prefix."""


def to_text(inspection: Inspection) -> str:
    """Return an inspection as lines with the names of the JSON; control characters of the guest are made visible."""
    document = plain(inspection)
    lines = [f"kind: {document['kind'] or 'unknown'}", f"machine: {document['machine']}"]
    for section in ("disk", "guest", "leftovers"):
        facts = {name: fact for name, fact in document[section].items() if not name.startswith(_OTHER_MACHINES)}
        reasons = {fact.get("unknown") for fact in facts.values()}
        if None not in reasons and len(reasons) == 1:
            lines.append(f"{section}: unknown: {reasons.pop()}")
            continue
        lines.append(f"{section}:")
        for name, fact in facts.items():
            if "unknown" in fact:
                lines.append(f"  {name}: unknown: {fact['unknown']}")
                continue
            shows_location = fact["location"] and fact["value"] != []
            location = f" ({fact['location']})" if shows_location else ""
            lines += [f"  {line}" for line in _lines(name, fact["value"], location)]
    return "\n".join(printable(line) for line in lines)


def _lines(name: str, value: Any, location: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        yield f"{name}:{location}"
        for key, part in value.items():
            yield from (f"  {line}" for line in _lines(key, part))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield f"{name}: {len(value)}{location}"
        yield from (f"  - {item}" for item in map(_item, value) if item)
    else:
        yield f"{name}: {_words(value)}{location}"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none" if value in (None, "") else str(value)


def _item(part: Mapping[str, str]) -> str:
    """Return a step, a pin or a leftover as one line; empty if its location was removed."""
    subject = ": ".join(part[key] for key in ("what", "path") if part.get(key))
    details = ", ".join(text for key, text in part.items() if text and key not in ("kind", "what", "path"))
    return f"{subject} ({details})" if details else subject
