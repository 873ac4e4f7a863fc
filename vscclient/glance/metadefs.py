"""The catalogue of metadata definitions: the properties that a cloud knows, with their types and values.

Source: Image API v2, «Metadata Definitions».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlencode

from vscclient import errors
from vscclient.glance.client import Service, translate_errors
from vscclient.glance.error_translation import SERVICE
from vscclient.model.property_definition import COMMON, PropertyDefinition, PropertyType

RESOURCE_TYPE = "OS::Glance::Image"

_PATH = "/v2/metadefs/namespaces"

_PAGE_SIZE = 1000
"""As many namespaces as Glance allows (``api_limit_max``)."""

MAX_NAMESPACES = 1000
MAX_DEFINITIONS = 20_000
"""The largest catalogue that is read. Glance's own has 20 namespaces with 150 properties of images."""

_LONGEST_TEXT = 4000
"""The longest description, and the longest value, that is kept, in characters."""

_MOST_VALUES = 1000

_AT_ONCE = 4
"""Requests at a time: each namespace is a request of its own."""


class MetadefService:
    """Metadata definitions, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def definitions(self) -> list[PropertyDefinition]:
        """Return the definitions of properties of images in all namespaces that the user can see.

        Raises:
            CloudError: The service does not show its catalogue.
            IncompleteList: It is longer than this client reads, or does not end.
        """
        found: list[PropertyDefinition] = []
        namespaces = dict.fromkeys((*self._namespaces(), COMMON))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for definitions in pool.map(self._definitions_of, namespaces):
                found += definitions
                if len(found) > MAX_DEFINITIONS:
                    pool.shutdown(cancel_futures=True)
                    raise errors.IncompleteList(SERVICE, f"the catalogue has more than {MAX_DEFINITIONS} properties")
        return found

    def _namespaces(self) -> Iterator[str]:
        """Yield the names of the namespaces for images. The links of the service are not followed, as for images."""
        parameters: dict[str, Any] = {"resource_types": RESOURCE_TYPE, "limit": _PAGE_SIZE}
        seen: set[str] = set()
        while True:
            answer = self._service.request("get", f"{_PATH}?{urlencode(parameters)}")
            with translate_errors():
                names = [str(namespace["namespace"]) for namespace in answer["namespaces"]]
                is_last = answer.get("next") is None
            yield from names
            if is_last or not names:
                return
            if seen.issuperset(names):
                raise errors.IncompleteList(SERVICE, "the service repeats a page of its catalogue")
            seen.update(names)
            if len(seen) > MAX_NAMESPACES:
                raise errors.IncompleteList(SERVICE, f"the catalogue has more than {MAX_NAMESPACES} namespaces")
            parameters["marker"] = names[-1]

    def _definitions_of(self, namespace: str) -> list[PropertyDefinition]:
        """Return the definitions of one namespace; none, if somebody deleted it a moment ago.

        With the resource type in the request, Glance puts the prefix of the association before each name.
        """
        query = urlencode({"resource_type": RESOURCE_TYPE})
        try:
            answer = self._service.request("get", f"{_PATH}/{quote(namespace, safe='')}?{query}")
        except errors.NotFound:
            return []
        with translate_errors():
            groups = [answer.get("properties"), *(one.get("properties") for one in answer.get("objects") or ())]
            properties = [pair for group in groups for pair in (group or {}).items()]
        return [
            _definition_of(str(key), namespace, definition)
            for key, definition in properties
            if isinstance(definition, Mapping)
        ]


def _definition_of(key: str, namespace: str, record: Mapping[str, Any]) -> PropertyDefinition:
    """Return the definition of a property. Anybody may have written it: what has another type is left out."""
    kind, items = record.get("type"), record.get("items")
    is_array = kind == PropertyType.ARRAY
    choices = (items.get("enum") if isinstance(items, Mapping) else None) if is_array else record.get("enum")
    return PropertyDefinition(
        key=key,
        namespace=namespace,
        type=PropertyType(kind) if kind in set(PropertyType) else PropertyType.STRING,
        values=tuple(map(_text, choices[:_MOST_VALUES])) if isinstance(choices, list) else (),
        minimum=_number(record.get("minimum")),
        maximum=_number(record.get("maximum")),
        default=_text(record.get("default")),
        title=_text(record.get("title")).strip(),
        description=_text(record.get("description")),
    )


def _text(value: object) -> str:
    """Return a value as an image stores it: ``true``, not ``True``."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:_LONGEST_TEXT] if isinstance(value, str | int | float) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
