"""Lists of several pages."""

from __future__ import annotations

import itertools
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import fixtures

from tests import base
from vscclient import errors
from vscclient.glance.client import Service
from vscclient.glance.images import ImageService


class _Service:
    """An Image service with these images, and a page size of its own."""

    def __init__(self, *ids: str, page_size: int = 2, obeys_the_marker: bool = True) -> None:
        self.ids = ids
        self.page_size = page_size
        self.obeys_the_marker = obeys_the_marker
        self.queries: list[dict[str, list[str]]] = []

    def request(self, _: str, path: str) -> Any:
        query = parse_qs(urlsplit(path).query)
        self.queries.append(query)
        marker = query.get("marker", [""])[0]
        start = self.ids.index(marker) + 1 if marker and self.obeys_the_marker else 0
        end = start + min(self.page_size, int(query["limit"][0]))
        page = {"images": [{"id": image_id} for image_id in self.ids[start:end]]}
        return page | ({"next": "http://elsewhere.example/"} if end < len(self.ids) else {})


def _images(service: Any) -> ImageService:
    return ImageService(cast(Service, service))


class TestListing(base.BaseTestCase):
    def test_all_pages_are_listed_whatever_their_size(self) -> None:
        for count in range(6):
            with self.subTest(count=count):
                ids = [f"image {number}" for number in range(count)]

                listed = list(_images(_Service(*ids)).list_all({"tag": ["a", "b"]}))

                self.assertEqual(ids, [image.id for image in listed])

    def test_each_page_is_requested_with_the_same_filters(self) -> None:
        service = _Service("1", "2", "3")

        list(_images(service).list_all({"name": "eq:a&b", "tag": ["a", "b"], "os_hidden": True}))

        expected = {"name": ["eq:a&b"], "tag": ["a", "b"], "os_hidden": ["True"], "limit": ["1000"]}
        self.assertEqual([expected, expected | {"marker": ["2"]}], service.queries)

    def test_a_page_is_requested_when_it_is_needed(self) -> None:
        service = _Service("1", "2", "3", "4", "5")
        images = _images(service).list_all({})

        next(images), next(images)

        self.assertEqual(1, len(service.queries))

    def test_the_first_page_is_one_page(self) -> None:
        service = _Service("1", "2", "3", "4", "5")

        self.assertEqual(["1", "2"], [image.id for image in _images(service).list_page({}, 4)])
        self.assertEqual(1, len(service.queries))

    def test_a_service_that_repeats_a_page_is_an_error(self) -> None:
        service = _Service("1", "2", "3", obeys_the_marker=False)

        failure = self.assertRaises(errors.IncompleteList, list, _images(service).list_all({}))

        self.assertIn("The list is not complete: the Image service repeats a page after 2 images", str(failure))

    def test_the_images_before_the_repetition_are_listed_once(self) -> None:
        pages = iter((["1", "2"], ["2", "3"], ["3", "1"]))

        class Circle:
            def request(self, _: str, path: str) -> Any:
                return {"images": [{"id": image_id} for image_id in next(pages)], "next": "/v2/images?marker=2"}

        listed = _images(Circle()).list_all({})

        self.assertEqual(["1", "2", "3"], [next(listed).id for _ in range(3)])
        self.assertRaises(errors.IncompleteList, next, listed)

    def test_an_empty_page_that_names_a_next_one_is_not_the_end(self) -> None:
        class Empty:
            def request(self, _: str, path: str) -> Any:
                return {"images": [], "next": "/v2/images?marker=2"}

        self.assertRaises(errors.IncompleteList, list, _images(Empty()).list_all({}))

    def test_a_list_without_an_end_is_cut(self) -> None:
        self.useFixture(fixtures.MockPatch("vscclient.glance.images.MAX_IMAGES", 6))
        numbers = itertools.count()

        class Endless:
            def request(self, _: str, path: str) -> Any:
                return {"images": [{"id": str(next(numbers))} for _ in range(4)], "next": "/v2/images?marker=2"}

        failure = self.assertRaises(errors.IncompleteList, list, _images(Endless()).list_all({}))

        self.assertIn("more than 6 images", str(failure))

    def test_an_answer_of_another_service_is_an_error(self) -> None:
        class Garbage:
            def request(self, _: str, path: str) -> Any:
                return {"pictures": []}

        failure = self.assertRaises(errors.UnexpectedAnswer, list, _images(Garbage()).list_all({}))

        self.assertIn("is this the address of an Image service?", str(failure))
