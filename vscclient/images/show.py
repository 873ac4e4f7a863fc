"""Showing an image."""

from __future__ import annotations

from vscclient.images.access import find
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image


def run(cloud: Cloud, said: str) -> Image:
    """The image with this name or ID.

    Raises:
        NoSuchImage: There is none.
        AmbiguousName: There are several.
    """
    return find(cloud, said)
