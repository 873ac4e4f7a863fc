"""The texts that can stand at a place: codes of rules, properties, and the names that commands of the last day saw."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from guestinspect.model.printable import printable
from vscclient.images.candidates.command_line import Place
from vscclient.images.candidates.names import CATALOGUES, IMAGES, PROJECTS, names_of_login
from vscclient.images.inspection.own_files import MAX_AGE_S, cache_folder, read_own

_POLICY = Path(__file__).parents[2] / "policy"
_RULE_FILE = re.compile(r"([a-z][0-9]{3})_.*\.py")


_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)

_CATALOGUE_LIMIT_BYTES = 32 * 1024**2

_FOUND_BY_NAME = frozenset({"mine", "public", "shared"})
_FOUND_BY_NAME_IN = {
    "vsc image accept": frozenset({"pending", "rejected"}),
    "vsc image reject": frozenset({"pending", "shared"}),
}
"""The access that the user has to the images that a name finds."""


def texts_of(place: Place, typed: str) -> Iterator[str]:
    """Yield the texts that can stand at a place and begin with what is typed."""
    for kind in place.kinds:
        if isinstance(kind, list):
            yield from _beginning_with(typed, kind)
        else:
            yield from _Source(place).texts_of(kind, typed)


def _beginning_with(typed: str, texts: Iterable[str]) -> list[str]:
    return [text for text in texts if text.startswith(typed)]


class _Source:
    """The texts of each kind, for one login.

    Args:
        place: The place where they stand.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def texts_of(self, kind: str, typed: str) -> list[str]:
        """Return the texts of a kind that begin with what is typed."""
        key, equals, _ = typed.partition("=")
        if kind == "code":
            return _beginning_with(typed.upper(), _rule_codes())
        if kind in ("image", "project"):
            return self._names(typed, IMAGES if kind == "image" else PROJECTS)
        if kind in ("key", "property-key"):
            return _beginning_with(typed, sorted(self._properties))
        if kind == "key=value" and equals:
            return _beginning_with(typed, (f"{key}={value}" for value in self._properties.get(key, ())))
        if kind == "key=value":
            return _beginning_with(typed, (f"{key}=" for key in sorted(self._properties)))
        return _beginning_with(typed, self._properties.get(kind.replace("-", "_"), ()))

    def _names(self, typed: str, section: str) -> list[str]:
        """Return the names, and IDs where a name would not do; the IDs of all if no name begins so."""
        names = self._names_by_id(section)
        counts = Counter(names.values())
        texts = [name if name and counts[name] == 1 and self._can_stand(name) else key for key, name in names.items()]
        return sorted(_beginning_with(typed, texts) or _beginning_with(typed, names))

    def _names_by_id(self, section: str) -> dict[str, str]:
        entries = self._entries.get(section, {})
        if section == PROJECTS:
            return entries
        found = _FOUND_BY_NAME_IN.get(self._place.command, _FOUND_BY_NAME)
        return {key: name if access in found else "" for key, (name, access) in entries.items()}

    def _can_stand(self, name: str) -> bool:
        """Check whether a name, which can be a stranger's text, is read as a name, and shown as it is."""
        is_option = name.startswith("-") and not self._place.can_begin_with_dash
        return not is_option and printable(name) == name and not _ID.fullmatch(name)

    @cached_property
    def _entries(self) -> Mapping[str, dict[str, Any]]:
        login = {option.lstrip("-").replace("-", "_").upper(): value for option, value in self._place.login.items()}
        names = names_of_login(login)
        return names.read() if names else {}

    @cached_property
    def _properties(self) -> dict[str, list[str]]:
        """The values of each property that is known or stands in the cloud's catalogue."""
        from vscclient.policy.known_properties import KNOWN

        properties: dict[str, list[str]] = {
            key: ["true", "false"] if one.type == "boolean" else list(one.values) for key, one in KNOWN.items()
        }
        for name in self._entries.get(CATALOGUES, ()):
            for definition in _catalogue(name):
                values = properties.setdefault(definition["key"], [])
                values += ["true", "false"] if definition["type"] == "boolean" else definition["values"]
        return {key: list(dict.fromkeys(values)) for key, values in properties.items()}


def _catalogue(name: str) -> list[dict[str, Any]]:
    """Return the definitions of a catalogue of the last day; none if it cannot be read."""
    folder = cache_folder("catalogues")
    try:
        if folder and name == Path(name).name:
            content = json.loads(read_own(folder / name, _CATALOGUE_LIMIT_BYTES))
            if 0 <= time.time() - content["time"] < MAX_AGE_S:
                return list(content["definitions"])
    except Exception:  # noqa: BLE001  # whatever stands there, the known properties are completed
        return []
    return []


def _rule_codes() -> list[str]:
    """Return the codes of the built-in rules. Their files bear them: importing the rules takes too long."""
    matches = (_RULE_FILE.fullmatch(path.name) for path in _POLICY.glob("*/*.py"))
    return sorted(match[1].upper() for match in matches if match)
