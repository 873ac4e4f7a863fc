"""Properties that are set automatically: an image is created without those that the cloud refuses.

A site can protect properties, limit their number, or forbid them by its schema.
Source: Glance, «Property Protections»; ``image_property_quota``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.data.new_record import create_record
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal


class OptionalProperties:
    """The properties that a new image can be created without.

    Args:
        cloud: The user's cloud.
        names: Their names.
        recheck: Called when the cloud refuses some before the data is sent; raises the error that stops the creation.
        terminal: Shows messages.
    """

    def __init__(self, cloud: Cloud, names: Iterable[str], recheck: Callable[[], None], terminal: Terminal) -> None:
        self._cloud = cloud
        self._names = frozenset(names)
        self._recheck = recheck
        self._terminal = terminal
        self._pending: Mapping[str, str] = {}
        self._refused: dict[str, str] = {}

    def create_record(self, image: Image) -> Image:
        """Create the record of an image with all properties, or without the optional ones if they are refused."""
        try:
            return create_record(self._cloud, image, self._terminal)
        except errors.PROPERTY_REFUSALS:
            self._pending = {key: value for key, value in image.properties.items() if key in self._names}
            if not self._pending:
                raise
        return create_record(self._cloud, _without(image, self._pending), self._terminal)

    def add_pending(self, image_id: str) -> None:
        """Set the properties that the record was created without, as far as the cloud accepts them."""
        if self._add(image_id, self._pending):
            self._recheck()

    def add_new(self, stored: Image, wanted: Image) -> bool:
        """Set the properties that only the whole data tells; return True if the cloud refuses some.

        After another error than a refusal they are left to the last step of the delivery, which reports it.
        """
        new = {
            key: value
            for key, value in wanted.properties.items()
            if key in self._names and stored.properties.get(key) != value
        }
        if not new:
            return False
        with suppress(errors.CloudError):
            try:
                self._cloud.images.change(str(stored.id), new)
            except errors.PROPERTY_REFUSALS:
                self._add(str(stored.id), new)
        return bool(self._refused.keys() & new.keys())

    def without_refused(self, image: Image) -> Image:
        """Return the image without the properties that the cloud refuses."""
        return _without(image, self._refused)

    def report(self) -> None:
        """Say which properties are not set."""
        if not self._refused:
            return
        reasons = dict.fromkeys(reason.rstrip(". ") for reason in self._refused.values() if reason)
        because = f" ({'; '.join(reasons)})" if reasons else ""
        self._terminal.say(f"Not set, because the cloud refuses it: {', '.join(self._refused)}{because}.")

    def _add(self, image_id: str, properties: Mapping[str, str]) -> bool:
        for key, value in properties.items():
            try:
                self._cloud.images.change(image_id, {key: value})
            except errors.PROPERTY_REFUSALS as refusal:
                self._refused[key] = refusal.reason
        return bool(self._refused)


def _without(image: Image, names: Iterable[str]) -> Image:
    omitted = frozenset(names)
    return replace(image, properties={key: value for key, value in image.properties.items() if key not in omitted})
