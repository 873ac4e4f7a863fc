"""The differences between two images, as changes to request and to report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from vscclient.glance.images import ImageService
from vscclient.glance.record import Value, fields_of
from vscclient.model.image import BASE_PROPERTIES, DEACTIVATED, Image


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

    def without(self, names: Iterable[str]) -> Changes:
        """Return the other changes than those of these fields and properties."""
        omitted = set(names)
        fields = {name: value for name, value in self.fields.items() if name not in omitted}
        return replace(self, fields=fields, removed=tuple(name for name in self.removed if name not in omitted))

    def steps(self) -> tuple[Changes, Changes, Changes]:
        """Return the changes of the status, of all other fields, and of the owner, in the order to apply them.

        The status first: an image that cannot be activated is not shared. The owner last: the image can be lost.
        """
        status, owner = (
            replace(self, removed=(), fields={name: value for name, value in self.fields.items() if name == field})
            for field in ("status", "owner")
        )
        rest = {name: value for name, value in self.fields.items() if name not in ("status", "owner")}
        return status, replace(self, fields=rest), owner

    def send(self, images: ImageService, image: Image) -> Image:
        """Request the changes of one step; return the image as it is then."""
        image_id, status = str(image.id), self.fields.get("status")
        if status is None:
            # With property protections, Glance ignores a new value of a property that is null, and answers 200.
            # Source: glance/api/property_protections.py, ExtraPropertiesProxy.__setitem__; observed with Glance 33.
            null = [
                field for field in self.fields if image.record.get(field, "") is None and field not in BASE_PROPERTIES
            ]
            return images.change(image_id, self.fields, (*self.removed, *null))
        request = images.deactivate if status == DEACTIVATED else images.reactivate
        request(image_id)
        return replace(image, status=str(status))

    def applied_to(self, image: Image) -> Changes:
        """Return those changes that an image has."""
        # the owner of an image can be hidden from those who gave it away
        now = {"owner": self.fields.get("owner")} | _comparable_fields(image)
        fields = {field: value for field, value in self.fields.items() if now.get(field) == value}
        return replace(self, fields=fields, removed=tuple(field for field in self.removed if field not in now))

    def are_in(self, image: Image) -> bool:
        """Return True if an image has all of the changes."""
        return self.applied_to(image) == self

    def lines(self) -> Iterator[str]:
        """Yield a line for each change: ``min_disk: 0 → 10``."""
        for field, value in self.fields.items():
            yield f"  {field}: {_in_words(self.before.get(field))} → {_in_words(value)}"
        for field in self.removed:
            yield f"  {field}: {_in_words(self.before.get(field))} → (none)"


def changes_between(before: Image, after: Image) -> Changes:
    """Return the changes that turn one image into the other."""
    old, new = _comparable_fields(before), _comparable_fields(after)
    return Changes(
        fields={field: value for field, value in new.items() if old.get(field) != value},
        removed=tuple(field for field in old if field not in new),
        before=old,
    )


def _comparable_fields(image: Image) -> dict[str, Value]:
    """Return the fields of an image that can be changed; its status is changed by requests of its own."""
    return {"status": image.status} | fields_of(image)


def _in_words(value: Value | None) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "(none)"
    return "(none)" if value is None or value == "" else str(value)
