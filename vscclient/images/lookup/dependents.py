"""The user's images that boot with another image: its kernel or ramdisk is an image of its own."""

from __future__ import annotations

import logging

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image

LOG = logging.getLogger(__name__)

_BY_CONTAINER = {"aki": ("kernel_id",), "ari": ("ramdisk_id",)}

_PARTS = {"kernel_id": "kernel", "ramdisk_id": "ramdisk"}

_MAX_BYTES = 1024**3
"""No kernel or ramdisk is longer. Nova takes any image, so each small raw one may be one."""

_MOST_NAMED = 5
"""The most images that a sentence names; the others are counted."""


def describe_dependents(cloud: Cloud, image: Image, deleted: frozenset[str | None] = frozenset()) -> str:
    """Return which images of the user boot with this one, as a sentence; empty if none does, or if that is unknown.

    Args:
        cloud: The user's cloud.
        image: The image.
        deleted: IDs of images that are deleted together with it.
    """
    sentences = []
    for key in _possible_keys(image):
        try:
            found = [
                other
                for hidden in (False, True)
                for other in cloud.images.find(**{key: str(image.id), "os_hidden": hidden})
                if other.owner == cloud.project_id and other.id not in deleted and other.properties.get(key) == image.id
            ]
        except errors.CloudError:
            LOG.debug("the images that boot with %r are unknown", image.id, exc_info=True)
            return ""
        if found:
            named = ", ".join(other.label for other in found[:_MOST_NAMED])
            more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
            sentences.append(
                f"{image.label} is the {_PARTS[key]} of {named}{more}: no instance can be started from "
                f"{'this image' if len(found) == 1 else 'these images'} without it."
            )
    return " ".join(sentences)


def _possible_keys(image: Image) -> tuple[str, ...]:
    """Return the properties by which another image can name this one."""
    if (image.size_bytes or 0) > _MAX_BYTES:
        return ()
    either = tuple(_PARTS) if image.disk_format in (None, "raw", "aki", "ari") else ()
    return _BY_CONTAINER.get(image.container_format or "", either)
