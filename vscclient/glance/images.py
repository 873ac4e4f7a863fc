"""The operations of the Image service, with our dataclasses and errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any
from urllib.parse import quote

import requests

from vscclient import errors
from vscclient.glance.client import Service, image_path, make_upload_client, translate_errors
from vscclient.glance.error_translation import SERVICE
from vscclient.glance.record import Value, fields_of, image_of, record_of
from vscclient.glance.upload_body import UploadBody
from vscclient.model.image import Image
from vscclient.transport.connection_failure import connection_error

_RETRIES = {"status_code_retries": 5, "retriable_status_codes": [500, 502, 503, 504], "connect_retries": 3}
"""For requests that may be repeated: keystoneauth waits 0.5, 1, 2, 4 and 8 seconds between the attempts."""


PAGE_SIZE = 1000
"""Images on a page: as many as Glance allows (``api_limit_max``), unless its operators changed that. Without a limit in
the request it returns 25."""

MAX_IMAGES = 100_000
"""The longest list that is read; each image takes about 5 KiB of memory."""

Query = Mapping[str, str | bool | list[str]]
"""Filters in Glance's words (``name``, ``owner``, ``visibility``, ``member_status``, ``os_hidden``, ``tag`` …)."""


class ImageService:
    """Images, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._request = service.request

    def get(self, image_id: str) -> Image:
        """Return the image with this ID.

        Raises:
            NotFound: The user may not see such an image.
        """
        return _image_with_id(image_id, self._request("get", image_path(image_id)))

    def get_with_retries(self, image_id: str) -> Image:
        """Return the image with this ID; a service that fails gets more attempts for a quarter of a minute.

        For the time after an upload, which would be lost otherwise.
        """
        return _image_with_id(image_id, self._request("get", image_path(image_id), **_RETRIES))

    def find(self, **filters: str | bool) -> list[Image]:
        """Return all images that match the filters.

        Glance reads operators in a name (``in:a,b``), and some of its databases do not distinguish upper and lower
        case: the name is compared here once more.

        Args:
            filters: In Glance's words (``name``, ``owner``, ``visibility``, ``os_hidden`` …).
        """
        name = filters.get("name")
        if name is not None:
            filters["name"] = f"eq:{name}"
        images = self.list_all(filters)
        return [image for image in images if name in (None, image.name)]

    def list_page(self, query: Query, count: int) -> Iterator[Image]:
        """Yield the images of the first page.

        Args:
            query: The filters.
            count: Images on the page; Glance may return fewer.
        """
        images, _ = self._page({**query, "limit": count})
        yield from images

    def list_all(self, query: Query, page_size: int | None = None) -> Iterator[Image]:
        """Yield all images, each once; each page is requested when the one before it is used up.

        Raises:
            IncompleteList: After the last image that was received: the service repeats a page, or does not end.
        """
        parameters: dict[str, Any] = {**query, "limit": page_size or PAGE_SIZE}
        seen: set[str | None] = set()
        while True:
            images, is_last = self._page(parameters)
            new = {image.id: image for image in images if image.id not in seen}
            yield from new.values()
            seen.update(new)
            if is_last:
                return
            if not new:
                raise errors.IncompleteList(SERVICE, f"the Image service repeats a page after {len(seen)} images")
            if len(seen) >= MAX_IMAGES:
                raise errors.IncompleteList(SERVICE, f"it has more than {MAX_IMAGES} images")
            parameters["marker"] = images[-1].id

    def _page(self, parameters: Mapping[str, Any]) -> tuple[list[Image], bool]:
        """Return one page, and whether it is the last.

        Its link to the next page is not followed: with it, the server would decide where the user's token is sent to.

        Source: Image API v2, ``GET /v2/images``, «Pagination».
        """
        answer = self._request("get", image_path(query=parameters))
        with translate_errors():
            return [image_of(record) for record in answer["images"]], answer.get("next") is None

    def create(self, image: Image) -> Image:
        """Create the record of an image, without data."""
        return image_of(self._request("post", "/v2/images", data=record_of(image)))

    def change(self, image_id: str, fields: Mapping[str, Value], removed: Iterable[str] = ()) -> Image:
        """Change fields and properties of an image.

        Args:
            image_id: The image.
            fields: The new values of fields (``visibility``, ``protected`` …) and properties, in Glance's words.
            removed: Names of properties to remove, before the new values are set.

        Raises:
            NotChanged: The answer shows that not all was done.

        Source: Image API v2, ``PATCH /v2/images/{image_id}``, RFC 6902.
        """
        return self._patch(image_id, fields, removed)

    def change_with_retries(self, image_id: str, fields: Mapping[str, Value], removed: Iterable[str] = ()) -> Image:
        """Change an image; a service that fails gets more attempts for a quarter of a minute.

        For changes that take access away. Arguments as those of ``change``.
        """
        return self._patch(image_id, fields, removed, **_RETRIES)

    def _patch(self, image_id: str, fields: Mapping[str, Value], removed: Iterable[str], **retries: Any) -> Image:
        wanted: dict[str, Value | None] = dict.fromkeys(removed)
        patch: list[dict[str, object]] = [{"op": "remove", "path": _pointer(field)} for field in wanted]
        patch += [{"op": "add", "path": _pointer(field), "value": value} for field, value in fields.items()]
        headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
        # as text: glanceclient sends everything else as application/json, whatever the headers say
        body = json.dumps(patch)
        answer = self._request("patch", image_path(image_id), data=body, headers=headers, **retries)
        image = _image_with_id(image_id, answer)
        wanted |= {field: sorted(value) if isinstance(value, list) else value for field, value in fields.items()}
        now = fields_of(image)
        if unchanged := [field for field, value in wanted.items() if now.get(field) != value]:
            raise errors.NotChanged(SERVICE, f"its answer does not show the change of {', '.join(unchanged)}")
        return image

    def deactivate(self, image_id: str) -> None:
        """Make the data of an image unavailable to everybody but staff.

        Like the other requests whose answer has no content, this one counts as done after its 2xx: no version of Glance
        is known that answers so and does nothing, and reading the image again would cost each command a request.
        """
        self._request("post", image_path(image_id, "actions", "deactivate"))

    def reactivate(self, image_id: str) -> None:
        """Make the data of a deactivated image available."""
        self._request("post", image_path(image_id, "actions", "reactivate"))

    def delete(self, image_id: str) -> None:
        """Delete an image and its data."""
        self._request("delete", image_path(image_id))

    def delete_from_store(self, image_id: str, store: str) -> None:
        """Delete the data of an image from one of its stores. Source: Image API v2.10."""
        self._request("delete", f"/v2/stores/{quote(store, safe='')}/{quote(image_id, safe='')}")

    def upload(self, image_id: str, body: UploadBody, token: str | None) -> None:
        """Send the data of an image, and wait until Glance has stored it.

        Args:
            image_id: The image.
            body: The data.
            token: A fresh one: it has to last until the end.
        """
        with translate_errors():
            self._upload_client(body, token).images.upload(image_id, body)

    def _upload_client(self, body: UploadBody, token: str | None) -> Any:
        service = self._service
        return make_upload_client(service.session, service.endpoint, token, body.timeout_s)

    def download(self, image: Image, sink: IO[bytes], advance: Callable[[int], None]) -> None:
        """Fetch the data of an image; glanceclient compares its hash with the record.

        Args:
            image: The image.
            sink: The file that gets the data.
            advance: Called with the length of each piece, in bytes.

        Raises:
            Mismatch: The data is not the data of the record.
        """
        fetched_bytes = 0
        for piece in self._pieces(str(image.id)):
            fetched_bytes += len(piece)
            if fetched_bytes > (image.size_bytes or 0):
                raise errors.Mismatch(f"it is longer than the {image.size_bytes} bytes of the image")
            sink.write(piece)
            advance(len(piece))

    def _pieces(self, image_id: str) -> Iterator[bytes]:
        try:
            with translate_errors():
                yield from self._service.client.images.data(image_id) or ()
        except requests.RequestException as failure:
            raise connection_error(SERVICE, failure) from failure
        except OSError as failure:  # raised by glanceclient after the last piece
            raise errors.Mismatch("its hash is not the hash in the cloud's record") from failure

    def stage(self, image_id: str, body: UploadBody, token: str | None) -> None:
        """Send the data of an image to the staging area, for an import. Arguments as those of ``upload``."""
        with translate_errors():
            self._upload_client(body, token).images.stage(image_id, body)

    def import_staged(self, image_id: str) -> None:
        """Start the import of the staged data."""
        self._request("post", image_path(image_id, "import"), data={"method": {"name": "glance-direct"}})

    def import_methods(self) -> tuple[str, ...]:
        """Return the import methods of the service; none if it does not support imports."""
        try:
            with translate_errors():
                return tuple(map(str, self._service.client.images.get_import_info()["import-methods"]["value"]))
        except (errors.NotFound, errors.NotAllowed):
            return ()

    def tasks(self, image_id: str) -> Iterable[Mapping[str, Any]]:
        """Return the tasks of an image; none if the service does not report them.

        Source: Image API v2.12, ``GET /v2/images/{image_id}/tasks``.
        """
        try:
            answer = self._request("get", f"{image_path(image_id)}/tasks")
            with translate_errors():
                return [task for task in answer["tasks"] if isinstance(task, Mapping)]
        except errors.CloudError:
            return ()


def _image_with_id(image_id: str, record: Any) -> Image:
    """Return the image of an answer.

    Raises:
        UnexpectedAnswer: It is about another image.
    """
    image = image_of(record)
    if str(image.id).lower() != image_id.lower():
        raise errors.UnexpectedAnswer(SERVICE, f"the image {image.id} instead of {image_id}")
    return image


def _pointer(field: str) -> str:
    """Return the path of a field in a patch. Source: RFC 6901, section 3."""
    return "/" + field.replace("~", "~0").replace("/", "~1")
