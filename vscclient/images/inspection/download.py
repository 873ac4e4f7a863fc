"""Fetching a whole image to inspect it, for clouds without range requests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Lock

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import FileSource, Source
from vscclient.model.amount import format_size
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

_ONE_AT_A_TIME = Lock()
"""Several downloads at once would fill the disk."""


@contextmanager
def downloaded(cloud: Cloud, image: Image, terminal: Terminal) -> Iterator[Source]:
    """Yield the data of an image in a file that is removed afterwards; its hash is verified.

    Raises:
        Unknown: There is not enough space for it, or it cannot be stored.
        Mismatch: The data that arrived is not the data in the cloud.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryFile(prefix="vscclient-") as file:
        folder, needed = tempfile.gettempdir(), image.size_bytes or 0
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise Unknown(
                f"there is not enough space to fetch it: {format_size(needed)} is needed in {folder}, but only "
                f"{format_size(free)} is free (set TMPDIR to use another folder)"
            )
        try:
            with terminal.progress("fetching", image.size_bytes) as progress:
                cloud.images.download(image, file, progress.advance)
            file.flush()
        except OSError as failure:
            raise Unknown(f"it cannot be stored in {folder}: {errors.system_reason(failure)}") from failure
        with closing(FileSource(str(image.name or image.id), file)) as source:
            yield source
