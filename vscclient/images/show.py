"""Showing an image: finding it is all."""

from __future__ import annotations

from vscclient.images.lookup.image import find_image

__all__ = ["run"]

run = find_image
