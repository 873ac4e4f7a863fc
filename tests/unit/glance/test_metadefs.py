from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tests import base
from vscclient import errors
from vscclient.glance.client import Service
from vscclient.glance.metadefs import MAX_NAMESPACES, MetadefService
from vscclient.model.property_definition import COMMON, PropertyType


class FakeService:
    """An Image service with namespaces, one on each page.

    Args:
        namespaces: The namespaces, by name.
        is_endless: The service repeats its first page for ever.
    """

    def __init__(self, namespaces: Mapping[str, Any], *, is_endless: bool = False) -> None:
        self._namespaces = dict(namespaces)
        self._is_endless = is_endless
        self.paths: list[str] = []

    def request(self, method: str, path: str) -> Any:
        self.paths.append(f"{method} {path}")
        parts = urlsplit(path)
        if parts.path != "/v2/metadefs/namespaces":
            name = unquote(parts.path.rsplit("/", 1)[1])
            if name not in self._namespaces:
                raise errors.NotFound("Image service")
            return self._namespaces[name]
        names = list(self._namespaces)
        marker = parse_qs(parts.query).get("marker", [""])[0]
        at = names.index(marker) + 1 if marker and not self._is_endless else 0
        page = [{"namespace": name} for name in names[at : at + 1]]
        has_more = self._is_endless or at + 1 < len(names)
        return {"namespaces": page, **({"next": "http://elsewhere/"} if has_more else {})}


def definitions(namespaces: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definitions of a service with these namespaces, by key."""
    service = MetadefService(cast(Service, FakeService(namespaces)))
    return {definition.key: definition for definition in service.definitions()}


class TestMetadefs(base.BaseTestCase):
    def test_all_pages_are_read_and_no_link_is_followed(self) -> None:
        fake = FakeService({name: {"properties": {name.lower(): {"type": "string"}}} for name in ("A", "B", "C")})

        found = MetadefService(cast(Service, fake)).definitions()

        self.assertEqual(["a", "b", "c"], [definition.key for definition in found])
        self.assertFalse([path for path in fake.paths if "elsewhere" in path])

    def test_glances_own_list_is_read_although_it_is_not_associated(self) -> None:
        fake = FakeService({})

        MetadefService(cast(Service, fake)).definitions()

        self.assertIn(COMMON.replace(":", "%3A"), fake.paths[-1])

    def test_types_values_and_ranges_are_read(self) -> None:
        found = definitions(
            {
                "A": {
                    "properties": {
                        "count": {"type": "integer", "minimum": 1, "maximum": 8, "default": 2, "title": "Count"},
                        "flag": {"type": "boolean", "default": True},
                        "colour": {"type": "string", "enum": ["red", "blue", 3, True]},
                        "list": {"type": "array", "items": {"type": "string", "enum": ["x"]}},
                    }
                }
            }
        )

        count = found["count"]
        self.assertEqual((PropertyType.INTEGER, 1, 8, "2", "Count"), tuple(vars(count)[name] for name in COUNT))
        self.assertEqual("true", found["flag"].default)
        self.assertEqual(("red", "blue", "3", "true"), found["colour"].values)
        self.assertEqual((PropertyType.ARRAY, ("x",)), (found["list"].type, found["list"].values))

    def test_the_properties_of_objects_are_read(self) -> None:
        found = definitions({"A": {"objects": [{"name": "MySQL", "properties": {"port": {"type": "integer"}}}]}})

        self.assertEqual(["port"], list(found))

    def test_values_of_other_types_are_left_out(self) -> None:
        found = definitions(
            {"A": {"properties": {"x": {"type": 7, "enum": "red", "minimum": "1", "title": []}, "y": None}}}
        )

        self.assertEqual(["x"], list(found))
        self.assertEqual((PropertyType.STRING, (), None, ""), tuple(vars(found["x"])[name] for name in ODD))

    def test_a_namespace_that_is_deleted_meanwhile_is_left_out(self) -> None:
        fake = FakeService({"A": {"properties": {"a": {}}}, "B": {}})
        fake._namespaces["B"] = None  # it is listed, and then gone
        request = fake.request

        def gone(method: str, path: str) -> Any:
            if path.startswith("/v2/metadefs/namespaces/B"):
                raise errors.NotFound("Image service")
            return request(method, path)

        fake.request = gone  # type: ignore[method-assign]

        self.assertEqual(["a"], [one.key for one in MetadefService(cast(Service, fake)).definitions()])

    def test_a_catalogue_without_an_end_is_an_error(self) -> None:
        fake = FakeService({"A": {}}, is_endless=True)

        self.assertRaises(errors.IncompleteList, MetadefService(cast(Service, fake)).definitions)

    def test_a_very_long_catalogue_is_an_error(self) -> None:
        fake = FakeService({f"N{number}": {} for number in range(MAX_NAMESPACES + 2)})

        self.assertRaises(errors.IncompleteList, MetadefService(cast(Service, fake)).definitions)

    def test_an_answer_that_is_no_catalogue_is_an_error(self) -> None:
        answers: tuple[Any, ...] = (None, [], {}, {"namespaces": None}, {"namespaces": [None]})
        for answer in answers:
            with self.subTest(answer):
                fake = FakeService({})
                fake.request = partial(_same, answer)  # type: ignore[method-assign]

                self.assertRaises(errors.CloudError, MetadefService(cast(Service, fake)).definitions)


def _same(answer: Any, _method: str, _path: str) -> Any:
    return answer


COUNT = ("type", "minimum", "maximum", "default", "title")
ODD = ("type", "values", "minimum", "title")
