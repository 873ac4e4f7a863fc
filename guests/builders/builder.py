"""The description of a builder: the type in which the builders are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from guests.setup import Source


class Firmware(StrEnum):
    """The firmware that starts the image."""

    BIOS = "bios"
    UEFI = "uefi"


@dataclass(frozen=True, kw_only=True)
class Builder:
    """A program that makes the image of a disk, and how it is run.

    The names of the fields are part of the fingerprint in ``truth.json``.

    Args:
        name: The name on the command line and in ``truth.json``.
        program: The program and what is asked of it, for the documentation.
        packages: The packages of the workshop beside its own.
        python_packages: The packages from PyPI that the workshop has.
        files: The text of files in the folder of the build, by name.
        script: The shell script that makes the image. Its working folder is that of the build, the image is ``image``.
        udev: The workshop has the links in ``/dev/disk/by-uuid`` that udev makes; a container or a CI job has none.
        generation: The code name of the Debian release of the workshop, and of the image.
        firmware: The firmware that the image is made for.
        sources: The data sources to boot the image with, that of this cloud first.
    """

    name: str
    program: str
    packages: tuple[str, ...] = ()
    python_packages: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    script: str
    udev: bool = False
    generation: str = "bookworm"
    firmware: Firmware = Firmware.BIOS
    sources: tuple[Source, ...] = (Source.CONFIG_DRIVE,)

    @property
    def fingerprint(self) -> str:
        """A digest of the builder, to detect outdated records and images."""
        fields = asdict(self)
        for irrelevant in ("name", "program", "sources"):
            fields.pop(irrelevant)
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12]
