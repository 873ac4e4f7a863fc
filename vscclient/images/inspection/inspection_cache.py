"""What was found out about the bits of images before, kept by their hash: the same bits are never read twice.

It stands in the user's cache folder, private, and holds no secrets: where something was seen, never what it was.
"""

from __future__ import annotations

import json
import logging
import os
import re
from dataclasses import replace
from errno import EINVAL
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from stat import S_ISREG
from tempfile import NamedTemporaryFile
from typing import Any

from guestinspect.api import LIMIT_BYTES, SCHEMA_VERSION, Inspection, InvalidOutput, from_json, to_json
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from guestinspect.model.inspection import collect_facts
from vscclient.images.inspection.bits import Bits
from vscclient.images.options.groups import InspectOptions
from vscclient.model.image import Image

LOG = logging.getLogger(__name__)

_MOST_KEPT = 2000
"""How many images are remembered; each takes about 20 KiB."""

_READERS = ("python-vscclient", "fs-explorer")
"""The packages on which a look depends: with another version it may find something else."""


class InspectionCache:
    """The cache of looks.

    Args:
        folder: Where it is; None: nothing is remembered.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def of(self, image: Image) -> Bits | None:
        """What is known of the bits of an image; None: nothing is."""
        path = self._path(image)
        try:
            kept = json.loads(_content(path)) if path else None
            return _bits(kept, image) if kept else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError, InvalidOutput) as failure:
            LOG.debug("what was kept about %r cannot be used: %r", image.id, failure)
            return None

    def keep(self, image: Image, disk: Disk, inspection: Inspection) -> None:
        """Remembers what was found. Where that cannot be written, nothing is lost but the time of the next look."""
        path = self._path(image)
        if path is None or not inspection.kind:  # a look that came to nothing may be had another time
            return
        text = json.dumps(
            {
                "image": _key(image),
                "readers": _readers(),
                "inspection": json.loads(to_json(replace(inspection, disk=collect_facts(disk)))),
            }
        )
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, text)
            _forget_the_oldest(path.parent)
        except OSError as failure:
            LOG.debug("nothing is kept about %r: %s", image.id, failure)

    def _path(self, image: Image) -> Path | None:
        key = _key(image)
        return self._folder / f"{'-'.join(key)[:80]}-{SCHEMA_VERSION}.json" if self._folder and key else None


def keep(image: Image, bits: Bits, inspect_options: InspectOptions) -> None:
    """Remembers what was found of the bits of an image, which are proved to be its data."""
    try:
        inspection = bits.inspect()
    except Unknown:
        return
    if inspect_options.cache:
        of_user().keep(image, bits.disk, inspection)


def of_user() -> InspectionCache:
    """The cache in the user's cache folder. Source: XDG Base Directory Specification."""
    said = os.environ.get("XDG_CACHE_HOME", "")
    folder = said if os.path.isabs(said) else os.path.expanduser("~/.cache")
    return InspectionCache(
        Path(folder, "vscclient", "inside") if os.path.isabs(folder) else None
    )  # not everybody has a home


def _key(image: Image) -> tuple[str, ...]:
    """The hash of the bits. The cloud says it: whatever it is, it becomes the name of a file."""
    algorithm, value = image.hash_algorithm or "", image.hash_value or ""
    good = re.fullmatch(r"[a-z0-9_]{1,20}", algorithm) and re.fullmatch(r"[0-9a-f]{32,256}", value)
    return (algorithm, value) if good else ()


def _readers() -> dict[str, str]:
    return {package: _version(package) for package in _READERS}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _content(path: Path) -> bytes:
    """What was kept. Opened so that nothing which stands in its place can keep us waiting: a FIFO has no end.

    Raises:
        OSError: There is no such file; or it is a link, a FIFO, a device or a folder.
    """
    with open(path, "rb", opener=_opened_at_once) as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(EINVAL, "it is no file", str(path))
        return file.read(LIMIT_BYTES + 1)


def _opened_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY)  # source: open(2), fifo(7)


def _bits(kept: Any, image: Image) -> Bits | None:
    if kept["image"] != list(_key(image)) or kept["readers"] != _readers():
        return None
    inspection = from_json(json.dumps(kept["inspection"]))
    return Bits(disk=inspection.as_disk(), inspect=lambda: inspection)


def _write(path: Path, text: str) -> None:
    """All of it or nothing: others may be reading, or writing the same."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".", suffix=".tmp", delete=False, encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def _forget_the_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda path: path.lstat().st_mtime, reverse=True)
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
