"""Lists of images: as many pages as it takes, in Glance's own order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from vscclient import errors
from vscclient.glance.failure import SERVICE, translated
from vscclient.glance.record import image_of
from vscclient.glance.service import Service, path_of
from vscclient.model.image import Image

PAGE_SIZE = 1000
"""How many images are asked for at once: as many as Glance gives (``api_limit_max``), unless its operators say
otherwise. It gives 25 to those who do not say."""

Query = Mapping[str, str | bool | list[str]]
"""Filters in Glance's words (``name``, ``owner``, ``visibility``, ``member_status``, ``os_hidden``, ``tag`` …)."""


class Listing:
    """Lists of images, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def first(self, query: Query, count: int) -> Iterator[Image]:
        """The first page of so many images; Glance may make it smaller."""
        images, _ = self._page({**query, "limit": count})
        yield from images

    def all(self, query: Query, page_size: int | None = None) -> Iterator[Image]:
        """All images; a page is asked for when the one before it is used up."""
        asked: dict[str, Any] = {**query, "limit": page_size or PAGE_SIZE}
        while True:
            images, is_last = self._page(asked)
            yield from images
            if is_last or not images:
                return
            if asked.get("marker") == images[-1].id:
                raise errors.Rejected(SERVICE, "the same page again and again")
            asked["marker"] = images[-1].id

    def _page(self, query: Mapping[str, Any]) -> tuple[list[Image], bool]:
        """One page, and whether it is the last. Its link to the next one is not followed, since it is the server's
        word where to send the user's token.

        Source: Image API v2, ``GET /v2/images``, «Pagination».
        """
        answer = self._service.ask("get", f"{path_of()}?{urlencode(query, doseq=True)}")
        with translated():
            return [image_of(record) for record in answer["images"]], "next" not in answer
