"""The differences between an image and the wanted image: for Glance, and for the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from vscclient.glance.record import Value, fields_of
from vscclient.model.image import Image


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The changes of an image, in Glance's words.

    Args:
        fields: The fields and properties that are set.
        removed: Properties that are removed.
        before: The values before.
    """

    fields: Mapping[str, Value]
    removed: tuple[str, ...] = ()
    before: Mapping[str, Value]

    def __bool__(self) -> bool:
        return bool(self.fields or self.removed)

    def split_off(self, field: str) -> tuple[Changes, Changes]:
        """Return the change of one field, and all other changes."""
        one = {name: value for name, value in self.fields.items() if name == field}
        others = {name: value for name, value in self.fields.items() if name != field}
        return replace(self, fields=one, removed=()), replace(self, fields=others)

    def lines(self) -> Iterator[str]:
        """Yield a line for each change: ``min_disk: 0 → 10``."""
        for field, value in self.fields.items():
            yield f"  {field}: {_in_words(self.before.get(field))} → {_in_words(value)}"
        for field in self.removed:
            yield f"  {field}: {_in_words(self.before.get(field))} → (none)"


def changes_between(before: Image, after: Image) -> Changes:
    """Return the changes that turn one image into the other."""
    old, new = fields_of(before), fields_of(after)
    return Changes(
        fields={field: value for field, value in new.items() if old.get(field) != value},
        removed=tuple(field for field in old if field not in new),
        before=old,
    )


def _in_words(value: Value | None) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "(none)"
    return "(none)" if value is None or value == "" else str(value)
