"""Lists of images, page by page, in Glance's own order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from vscclient import errors
from vscclient.glance.error_translation import SERVICE, translate_errors
from vscclient.glance.record import image_of
from vscclient.glance.service import Service, image_path
from vscclient.model.image import Image

PAGE_SIZE = 1000
"""Images on a page: as many as Glance allows (``api_limit_max``), unless its operators changed that. Without a limit in
the request it returns 25."""

Query = Mapping[str, str | bool | list[str]]
"""Filters in Glance's words (``name``, ``owner``, ``visibility``, ``member_status``, ``os_hidden``, ``tag`` …)."""


class Listing:
    """Lists of images, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def first(self, query: Query, count: int) -> Iterator[Image]:
        """Return the images of the first page.

        Args:
            query: The filters.
            count: Images on the page; Glance may return fewer.
        """
        images, _ = self._page({**query, "limit": count})
        yield from images

    def all(self, query: Query, page_size: int | None = None) -> Iterator[Image]:
        """Return all images; each page is requested when the one before it is used up."""
        parameters: dict[str, Any] = {**query, "limit": page_size or PAGE_SIZE}
        while True:
            images, is_last = self._page(parameters)
            yield from images
            if is_last or not images:
                return
            if parameters.get("marker") == images[-1].id:
                raise errors.Rejected(SERVICE, "the same page of the list twice")
            parameters["marker"] = images[-1].id

    def _page(self, parameters: Mapping[str, Any]) -> tuple[list[Image], bool]:
        """Return one page, and whether it is the last.

        Its link to the next page is not followed: with it, the server would decide where the user's token is sent to.

        Source: Image API v2, ``GET /v2/images``, «Pagination».
        """
        answer = self._service.request("get", f"{image_path()}?{urlencode(parameters, doseq=True)}")
        with translate_errors():
            return [image_of(record) for record in answer["images"]], "next" not in answer
