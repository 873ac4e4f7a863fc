"""The cloud's catalogue of metadata definitions, kept for a day in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from guestinspect.model.fact import Fact, Unknown
from vscclient import errors
from vscclient.glance.metadefs import MetadefService
from vscclient.images.cloud import Cloud
from vscclient.images.inspection.own_files import ForeignPathError, cache_folder, read_own, write_own
from vscclient.model.property_definition import PropertyDefinition, PropertyType

LOG = logging.getLogger(__name__)

Definitions = Mapping[str, tuple[PropertyDefinition, ...]]

MAX_AGE_S = 24 * 3600
"""The longest age of a catalogue that is used, in seconds."""

_LIMIT_BYTES = 32 * 1024**2
_VERSION = 1
_EMPTY = "this cloud has no catalogue of metadata definitions for images"

_NO_CATALOGUE = (errors.NotAllowed, errors.NotFound, errors.NotSupported)
"""The answers of a cloud without a catalogue, which are kept, too."""


@dataclass(frozen=True)
class _Entry:
    """An entry of the cache: the definitions, or the reason why there are none."""

    definitions: tuple[PropertyDefinition, ...]
    reason: str = ""


def load_catalogue(cloud: Cloud, trusted: frozenset[str], *, use_cache: bool = True) -> Fact[Definitions]:
    """Return the definitions of the cloud's catalogue, by the key of the property.

    Args:
        cloud: The user's cloud.
        trusted: Names of the namespaces that the site trusts.
        use_cache: Use a catalogue of the last day; a new one is kept in any case.

    Raises:
        Unknown: The cloud has none, or does not show it.
    """
    path = _path(cloud)
    entry = (path and use_cache and _read(path)) or _request(cloud, path)
    if path:
        cloud.keep_names(catalogues={path.name: ""})
    if not entry.definitions:
        raise Unknown(entry.reason or _EMPTY)
    by_key: dict[str, tuple[PropertyDefinition, ...]] = {}
    for definition in entry.definitions:
        judged = replace(definition, is_trusted=definition.namespace in trusted)
        by_key[definition.key] = (*by_key.get(definition.key, ()), judged)
    return Fact(by_key, "the cloud's catalogue of metadata definitions")


def _request(cloud: Cloud, path: Path | None) -> _Entry:
    try:
        entry = _Entry(tuple(MetadefService(cloud.image_service).definitions()))
    except _NO_CATALOGUE as refusal:
        entry = _Entry((), str(refusal))
    except errors.CloudError as failure:  # another time it may succeed
        raise Unknown(str(failure)) from failure
    if path:
        content = {"version": _VERSION, "time": time.time(), **asdict(entry)}
        try:
            write_own(path, json.dumps(content))
        except (ForeignPathError, OSError) as failure:
            LOG.debug("the catalogue cannot be kept: %s", failure)
    return entry


def _path(cloud: Cloud) -> Path | None:
    """Return the file of this cloud and this user, who may see namespaces that others do not see."""
    folder = cache_folder("catalogues")
    parts = (cloud.image_service.endpoint, str(cloud.project_id), str(cloud.user_id))
    return folder / f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}.json" if folder else None


def _read(path: Path) -> _Entry | None:
    """Return what is kept; None if there is nothing of the last day, or somebody else could have written it."""
    try:
        content = json.loads(read_own(path, _LIMIT_BYTES))
        if content["version"] != _VERSION or not 0 <= time.time() - content["time"] < MAX_AGE_S:
            return None
        return _Entry(tuple(map(_definition_of, content["definitions"])), str(content["reason"]))
    except (ForeignPathError, OSError, ValueError, TypeError, KeyError, RecursionError) as failure:
        LOG.debug("the catalogue that is kept cannot be used: %r", failure)
        return None


def _definition_of(fields: Mapping[str, object]) -> PropertyDefinition:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return PropertyDefinition(**values | {"type": PropertyType(values["type"])})  # type: ignore[arg-type]
