"""What is different between an image and the image that is wanted: for Glance, and for the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from vscclient.glance.record import Value, fields_of
from vscclient.model.image import Image


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What Glance has to be told, in its words.

    Args:
        fields: What is set.
        removed: Properties that are taken away.
        before: What it was.
    """

    fields: Mapping[str, Value]
    removed: tuple[str, ...] = ()
    before: Mapping[str, Value]

    def __bool__(self) -> bool:
        return bool(self.fields or self.removed)

    def apart(self, field: str) -> tuple[Changes, Changes]:
        """One of them by itself, and the others."""
        one = {name: value for name, value in self.fields.items() if name == field}
        others = {name: value for name, value in self.fields.items() if name != field}
        return replace(self, fields=one, removed=()), replace(self, fields=others)

    def lines(self) -> Iterator[str]:
        """One line for each: ``min_disk: 0 → 10``."""
        for field, value in self.fields.items():
            yield f"  {field}: {_shown(self.before.get(field))} → {_shown(value)}"
        for field in self.removed:
            yield f"  {field}: {_shown(self.before.get(field))} → (none)"


def between(before: Image, after: Image) -> Changes:
    """What makes the one of the other."""
    have, want = fields_of(before), fields_of(after)
    return Changes(
        fields={field: value for field, value in want.items() if have.get(field) != value},
        removed=tuple(field for field in have if field not in want),
        before=have,
    )


def _shown(value: Value | None) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "(none)"
    return "(none)" if value is None or value == "" else str(value)
