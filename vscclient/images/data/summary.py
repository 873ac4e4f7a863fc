"""A file from which an image is created, in a line."""

from __future__ import annotations

from contextlib import suppress

from guestinspect.model.fact import Unknown
from vscclient.images.data.source import Source
from vscclient.model.amount import format_size

_INSTALLER = "iso"


def of_file(source: Source) -> str:
    """Return a line like ``rna.qcow2: qcow2, 40 GiB disk``; what is unknown is left out."""
    return _line(source, _parts(source))


def of_upload(source: Source) -> str:
    """Return a line like ``rna.qcow2: qcow2, 40 GiB disk, 11.2 GiB to send``."""
    size = [] if source.size_bytes is None else [f"{format_size(source.size_bytes)} to send"]
    return _line(source, [*_parts(source), *size])


def _parts(source: Source) -> list[str]:
    disk, parts = source.disk(), list[str]()
    with suppress(Unknown):
        wrapping = disk.wrapping().value
        parts.append(wrapping or disk.disk_format().value)
        if wrapping is None:
            parts.append(f"{format_size(disk.virtual_size_bytes().value)} disk")
    return parts


def _line(source: Source, parts: list[str]) -> str:
    line = f"{source.label}: {', '.join(parts) or 'looks like raw'}"
    return f"{line}. Installer image: the system it will install cannot be checked" if _INSTALLER in parts else line
