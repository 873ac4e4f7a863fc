"""A cache of inspections, by the hash of the data: the same data is never read twice.

It is in the user's cache folder, private, and holds no secrets: the location of a fact, never its content. What others
could have written there is not believed: it decides whether an image is published.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from guestinspect.api import LIMIT_BYTES, SCHEMA_VERSION, Inspection, InvalidOutput, from_json, to_json
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from guestinspect.model.inspection import collect_facts
from vscclient import errors
from vscclient.images.inspection.image_data import ImageData
from vscclient.images.inspection.own_files import ForeignPathError, cache_folder, read_own, write_own
from vscclient.images.options.groups import InspectOptions
from vscclient.model.image import COMPRESSED, Image

LOG = logging.getLogger(__name__)

_NOT_USED = "The cache of inspections is not used: %s"

_CAPACITY = 2000
"""Number of images in the cache; each takes about 20 KiB."""

_COLLIDING = ("md5", "sha1")

_READERS = ("python-vscclient", "fs-explorer")
"""The packages that inspect. Another version of one of them may find other facts."""


class InspectionCache:
    """A cache of inspections. Where it cannot be used, a warning gives the reason.

    Args:
        folder: Its folder; None: nothing is stored.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, image: Image) -> ImageData | None:
        """Return the data of an image; None if it is not in the cache."""
        path = self._path(image)
        if path is None:
            return None
        try:
            entry = json.loads(read_own(path, LIMIT_BYTES))
            if entry["image"] != list(_hash_of(image)) or entry["readers"] != _reader_versions():
                return None
            inspection = from_json(json.dumps(entry["inspection"]))
            return ImageData(disk=inspection.as_disk(), guest=inspection.as_guest(), inspect=lambda: inspection)
        except FileNotFoundError:
            return None
        except (ForeignPathError, NotADirectoryError, PermissionError) as failure:
            _report(failure)
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError, InvalidOutput) as failure:
            LOG.debug("the entry of %r in the cache cannot be used: %r", image.id, failure)
            return None

    def store(self, image: Image, disk: Disk, inspection: Inspection) -> None:
        """Store an inspection. If that fails, the only loss is the time of the next inspection."""
        path = self._path(image)
        if path is None or not inspection.kind:  # an inspection that failed may succeed another time
            return
        entry = {
            "image": _hash_of(image),
            "readers": _reader_versions(),
            "inspection": json.loads(to_json(replace(inspection, disk=collect_facts(disk)))),
        }
        try:
            write_own(path, json.dumps(entry))
            entries = sorted(path.parent.glob("*.json"), key=lambda entry: entry.lstat().st_mtime, reverse=True)
            for oldest in entries[_CAPACITY:]:
                oldest.unlink(missing_ok=True)
        except (ForeignPathError, OSError) as failure:
            _report(failure)

    def _path(self, image: Image) -> Path | None:
        key = _hash_of(image)
        return self._folder / f"{'-'.join(key)[:80]}-{SCHEMA_VERSION}.json" if self._folder and key else None


def store_verified(image: Image, data: ImageData, inspect_options: InspectOptions) -> None:
    """Store the inspection of data that was verified to be the data of an image."""
    try:
        inspection = data.inspect()
    except Unknown:
        return
    if inspect_options.cache and image.container_format != COMPRESSED:
        user_cache().store(image, data.disk, inspection)


def user_cache() -> InspectionCache:
    """Return the cache in the user's cache folder."""
    folder = cache_folder("inspections")
    if folder is None:
        LOG.warning(_NOT_USED, "you have no home folder. Choose a folder with XDG_CACHE_HOME")
    return InspectionCache(folder)


def _hash_of(image: Image) -> tuple[str, ...]:
    """Return the algorithm and the hash of the data. They become the name of a file: the cloud could send anything.

    With MD5 and SHA-1, different data can have one hash: an image could borrow the inspection of another one.
    """
    algorithm, value = image.hash_algorithm or "", image.hash_value or ""
    is_harmless = re.fullmatch(r"[a-z0-9_]{1,20}", algorithm) and re.fullmatch(r"[0-9a-f]{32,256}", value)
    return (algorithm, value) if is_harmless and algorithm not in _COLLIDING else ()


def _reader_versions() -> dict[str, str]:
    versions = {}
    for package in _READERS:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = ""
    return versions


def _report(failure: Exception) -> None:
    LOG.warning(_NOT_USED, errors.system_reason(failure) if isinstance(failure, OSError) else failure)
