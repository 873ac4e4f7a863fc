"""Fetching all of an image, to look at it: for clouds that give no parts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from guestinspect.model.fact import Unknown
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import FileSource, Source
from vscclient.images.interruption.signals import exit_cleanly
from vscclient.model.amount import format_size
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

_ONE_AT_A_TIME = Lock()
"""Several at once would fill the disk."""


@contextmanager
def downloaded(cloud: Cloud, image: Image, terminal: Terminal) -> Iterator[Source]:
    """The data of an image in a file that is gone afterwards, whatever ends it; its hash is compared.

    Raises:
        Unknown: There is no room for it.
        Mismatch: What arrived is not what the cloud has.
    """
    with _ONE_AT_A_TIME, exit_cleanly(), tempfile.TemporaryFile(prefix="vscclient-") as file:
        _reject_without_room(image)
        with terminal.progress("fetching", image.size_bytes) as progress:
            cloud.images.download(image, file, progress.advance)
        file.flush()
        yield FileSource(str(image.name or image.id), file)


def _reject_without_room(image: Image) -> None:
    folder = tempfile.gettempdir()
    needed, free = image.size_bytes or 0, shutil.disk_usage(folder).free
    if needed > free:
        raise Unknown(
            f"there is no room to fetch it: {format_size(needed)} are needed in {folder}, {format_size(free)} are free "
            "(TMPDIR names another folder)"
        )
