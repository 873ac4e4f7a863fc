"""The Image service: what can be asked of it and done with it, as dataclasses and errors of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any
from urllib.parse import quote

import requests

from vscclient import errors
from vscclient.glance.client import uploading_client_of
from vscclient.glance.failure import SERVICE, translated
from vscclient.glance.listing import Listing
from vscclient.glance.record import Value, image_of, record_of
from vscclient.glance.sending import Sending
from vscclient.glance.service import Service, path_of
from vscclient.model.image import Image

_PATIENCE = {"status_code_retries": 5, "retriable_status_codes": [500, 502, 503, 504], "connect_retries": 3}
"""For requests that may be repeated: keystoneauth waits 0.5, 1, 2, 4 and 8 seconds between them."""


class ImageService:
    """Images, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._client = service.client
        self._ask = service.ask

    def get(self, image_id: str) -> Image:
        """The image with this ID.

        Raises:
            NotThere: There is none that the user may see.
        """
        return image_of(self._ask("get", path_of(image_id)))

    def get_patiently(self, image_id: str) -> Image:
        """The same, but a service that stumbles is asked again for a quarter of a minute: much work hangs on it."""
        return image_of(self._ask("get", path_of(image_id), **_PATIENCE))

    def find(self, **filters: str | bool) -> list[Image]:
        """All images that match; the filters are Glance's (``name``, ``owner``, ``visibility``, ``os_hidden`` …).

        Glance reads operators in a name (``in:a,b``), and some of its databases do not tell upper from lower case: the
        name that is meant is compared here once more.
        """
        name = filters.get("name")
        if name is not None:
            filters["name"] = f"eq:{name}"
        found = Listing(self._service).all(filters)
        return [image for image in found if name in (None, image.name)]

    def create(self, image: Image) -> Image:
        """Makes the record of an image, without data."""
        return image_of(self._ask("post", "/v2/images", data=record_of(image)))

    def change(self, image_id: str, fields: Mapping[str, Value], removed: Iterable[str] = ()) -> Image:
        """Changes fields of the image (``visibility``, ``protected`` …) and properties, all or none.

        Args:
            fields: What is set, in Glance's words.
            removed: Properties that are taken away.

        Source: Image API v2, ``PATCH /v2/images/{image_id}``, RFC 6902.
        """
        return self._patch(image_id, fields, removed)

    def change_patiently(self, image_id: str, fields: Mapping[str, Value], removed: Iterable[str] = ()) -> Image:
        """The same, but a service that stumbles is asked again for a quarter of a minute: somebody must not have it."""
        return self._patch(image_id, fields, removed, **_PATIENCE)

    def _patch(self, image_id: str, fields: Mapping[str, Value], removed: Iterable[str], **patience: Any) -> Image:
        patch: list[dict[str, object]] = [
            {"op": "add", "path": _pointer(field), "value": value} for field, value in fields.items()
        ]
        patch += [{"op": "remove", "path": _pointer(field)} for field in removed]
        headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
        # as text: glanceclient calls everything else application/json, whatever the headers say
        return image_of(self._ask("patch", path_of(image_id), data=json.dumps(patch), headers=headers, **patience))

    def deactivate(self, image_id: str) -> None:
        """Makes its data unavailable to everybody but staff."""
        self._ask("post", path_of(image_id, "actions", "deactivate"))

    def reactivate(self, image_id: str) -> None:
        """Takes that back."""
        self._ask("post", path_of(image_id, "actions", "reactivate"))

    def delete(self, image_id: str) -> None:
        """Deletes the image and its data."""
        with translated():
            self._client.images.delete(image_id)

    def delete_from_store(self, image_id: str, store: str) -> None:
        """Deletes its data from one of the stores that have it. Source: Image API v2.10."""
        with translated():
            self._client.images.delete_from_store(quote(store, safe=""), image_id)

    def upload(self, image_id: str, body: Sending, token: str | None) -> None:
        """Sends the data, and waits until Glance has stored it.

        Args:
            token: Made just now: it has to last until the end.
        """
        with translated():
            uploading_client_of(self._service.session, self._service.endpoint, token).images.upload(image_id, body)

    def download(self, image: Image, sink: IO[bytes], passed: Callable[[int], None]) -> None:
        """Fetches all of the data; glanceclient compares its hash.

        Args:
            sink: Where it is written to.
            passed: Told how many bytes have come, as they come.

        Raises:
            Mismatch: It is not what the record says.
        """
        fetched_bytes = 0
        for piece in self._pieces(str(image.id)):
            fetched_bytes += len(piece)
            if fetched_bytes > (image.size_bytes or 0):
                raise errors.Mismatch(f"it is longer than the {image.size_bytes} bytes that the image has")
            sink.write(piece)
            passed(len(piece))

    def _pieces(self, image_id: str) -> Iterator[bytes]:
        try:
            with translated():
                yield from self._client.images.data(image_id) or ()
        except requests.RequestException as silence:
            raise errors.Unreachable(SERVICE, errors.cause_of(silence)) from silence
        except OSError as corrupt:  # what glanceclient raises at the end
            raise errors.Mismatch("its hash is another than the cloud's record says") from corrupt

    def stage(self, image_id: str, body: Sending, token: str | None) -> None:
        """Sends the data to where an import takes it from. Arguments as those of ``upload``."""
        with translated():
            uploading_client_of(self._service.session, self._service.endpoint, token).images.stage(image_id, body)

    def import_staged(self, image_id: str) -> None:
        """Starts the import of the staged data."""
        with translated():
            self._client.images.image_import(image_id, method="glance-direct")

    def import_methods(self) -> tuple[str, ...]:
        """How images may be imported; none where the service knows no import."""
        try:
            with translated():
                info: Mapping[str, Any] = self._client.images.get_import_info()
        except (errors.NotThere, errors.NotAllowed):
            return ()
        return tuple(info["import-methods"]["value"])

    def tasks(self, image_id: str) -> Iterable[Mapping[str, Any]]:
        """What the service says of its work on the image; nothing where it does not tell.

        Source: Image API v2.12, ``GET /v2/images/{image_id}/tasks``.
        """
        try:
            return list(self._ask("get", f"{path_of(image_id)}/tasks")["tasks"])
        except errors.CloudError:
            return ()


def _pointer(field: str) -> str:
    """A field in a patch. Source: RFC 6901, section 3."""
    return "/" + field.replace("~", "~0").replace("/", "~1")
