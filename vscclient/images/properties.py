"""Showing the properties that an image can have: those of Nova, of the VSC and of the cloud's catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images.catalogue.catalogue import Definitions, load_catalogue
from vscclient.images.cloud import Cloud
from vscclient.model.property_definition import PropertyDefinition, PropertyType
from vscclient.model.terminal import Terminal
from vscclient.policy.known_properties import KNOWN

__all__ = ["Options", "Property", "all_properties", "one_property"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The properties to list.

    Args:
        namespace: Only those of this namespace.
        search: Only those with each of these texts in their key, title, description or values, in any case.
        used: Only those that images of the user's project have.
        cache: Use the catalogue of the last day.
    """

    namespace: str | None = None
    search: tuple[str, ...] = ()
    used: bool = False
    cache: bool = True


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property, as all its definitions describe it.

    Args:
        definitions: Its definitions; none, if only an image has it. A trusted one stands first.
        uses: The number of images with each value, for images of the user's project; the most frequent first.
    """

    key: str
    definitions: tuple[PropertyDefinition, ...]
    uses: Mapping[str, int] = field(default_factory=dict)

    @property
    def main(self) -> PropertyDefinition | None:
        """The definition that decides."""
        return self.definitions[0] if self.definitions else None

    @property
    def values(self) -> tuple[str, ...]:
        """The values of all definitions; those of a boolean as they are usually written."""
        if self.main and self.main.type is PropertyType.BOOLEAN:
            return ("true", "false")
        return tuple(dict.fromkeys(value for definition in self.definitions for value in definition.values))

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that define it."""
        return tuple(dict.fromkeys(definition.namespace for definition in self.definitions))

    def limit(self, name: str) -> float | None:
        """Return the ``minimum`` or ``maximum`` that holds for every definition; None if one of them has no limit."""
        limits = [getattr(one, name) for one in self.definitions]
        if not limits or None in limits:
            return None
        return float(min(limits) if name == "minimum" else max(limits))

    def first_text(self, name: str) -> str:
        """Return the first text that a definition has for its field (title, description, default)."""
        return next((text for one in self.definitions if (text := str(getattr(one, name)))), "")


def all_properties(cloud: Cloud, options: Options, terminal: Terminal) -> list[Property]:
    """Return the properties, sorted by key."""
    properties = _properties(cloud, options, terminal)
    if options.used:
        uses = _uses(cloud)
        properties = {
            key: Property(key=key, definitions=one.definitions if (one := properties.get(key)) else (), uses=counted)
            for key, counted in uses.items()
        }
    found = [properties[key] for key in sorted(properties) if _is_wanted(properties[key], options)]
    if not found:
        namespaces = sorted({namespace for one in properties.values() for namespace in one.namespaces})
        is_wrong = options.namespace is not None and options.namespace not in namespaces
        terminal.say(
            f"No namespace is called {options.namespace}; there are: {', '.join(namespaces)}"
            if is_wrong and not options.used
            else "No property fits."
        )
    return found


def one_property(cloud: Cloud, key: str, options: Options, terminal: Terminal) -> Property:
    """Return one property.

    Raises:
        UnknownProperty: Nothing defines it; the error names those with similar names.
    """
    properties = _properties(cloud, options, terminal)
    if found := properties.get(key):
        return found
    raise errors.UnknownProperty(key, tuple(get_close_matches(key, properties, n=3)))


def _properties(cloud: Cloud, options: Options, terminal: Terminal) -> dict[str, Property]:
    catalogue: Definitions = {}
    try:
        catalogue = load_catalogue(cloud, frozenset(), use_cache=options.cache).value
    except Unknown as reason:
        terminal.say(f"Only the properties of Nova and the VSC are listed: {reason}")
    known = {key: (definition,) for key, definition in KNOWN.items()}
    keys = {*known, *catalogue}
    return {key: Property(key=key, definitions=(*known.get(key, ()), *catalogue.get(key, ()))) for key in keys}


def _uses(cloud: Cloud) -> dict[str, dict[str, int]]:
    """Return the number of images with each value, by key, for all images of the user's project."""
    counters: dict[str, Counter[str]] = {}
    for hidden in (False, True):
        for image in cloud.images.find(owner=str(cloud.project_id), os_hidden=hidden):
            for key, value in image.properties.items():
                counters.setdefault(key, Counter())[value] += 1
    return {key: dict(counter.most_common()) for key, counter in counters.items()}


def _is_wanted(one: Property, options: Options) -> bool:
    if options.namespace is not None and options.namespace not in one.namespaces:
        return False
    described = (text for each in one.definitions for text in (each.title, each.description, *each.values))
    text = "\n".join((one.key, *described, *one.uses)).lower()
    return all(word.lower() in text for word in options.search)
