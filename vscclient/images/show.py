"""Showing an image."""

from __future__ import annotations

from vscclient.images.cloud import Cloud
from vscclient.images.lookup.image import find_image
from vscclient.model.image import Image

__all__ = ["run"]


def run(cloud: Cloud, name_or_id: str) -> Image:
    """Return the image with this name or ID.

    Raises:
        NoSuchImage: No image has this name or ID.
        AmbiguousName: Several images have this name.
    """
    return find_image(cloud, name_or_id)
