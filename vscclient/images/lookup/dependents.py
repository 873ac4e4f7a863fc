"""The user's images that boot with another image: its kernel or ramdisk is an image of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image

_BY_CONTAINER = {"aki": ("kernel_id",), "ari": ("ramdisk_id",)}

_PARTS = {"kernel_id": "kernel", "ramdisk_id": "ramdisk"}

_MAX_BYTES = 1024**3
"""No kernel or ramdisk is longer. Nova takes any image, so each small raw one may be one."""

_MOST_NAMED = 5
"""The most images that a sentence names; the others are counted."""


def describe_dependents(
    cloud: Cloud, images: Iterable[Image], deleted: frozenset[str | None] = frozenset()
) -> Iterator[str]:
    """Yield sentences about the images of the user that boot with these.

    The user's images are listed once, if one of these can be a kernel or a ramdisk: Glance has no filter for several.

    Args:
        cloud: The user's cloud.
        images: The images.
        deleted: IDs of images that are deleted together with them.
    """
    parts = [(image, keys) for image in images if (keys := _possible_keys(image))]
    if not parts:
        return
    try:
        others = [
            other
            for hidden in (False, True)
            for other in cloud.images.find(owner=str(cloud.project_id), os_hidden=hidden)
            if other.owner == cloud.project_id and other.id not in deleted
        ]
    except errors.CloudError as failure:
        labels = [image.label for image, _ in parts]
        named = ", ".join(labels[:_MOST_NAMED]) + (" and others" if len(labels) > _MOST_NAMED else "")
        yield f"It could not be checked which images boot with {named}: {failure}"
        return
    for image, keys in parts:
        for key in keys:
            found = [other.label for other in others if other.properties.get(key) == image.id]
            if found:
                named = ", ".join(found[:_MOST_NAMED])
                more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
                yield (
                    f"{image.label} is the {_PARTS[key]} of {named}{more}: no instance can be started from "
                    f"{'this image' if len(found) == 1 else 'these images'} without it."
                )


def _possible_keys(image: Image) -> tuple[str, ...]:
    """Return the properties by which another image can name this one."""
    if (image.size_bytes or 0) > _MAX_BYTES:
        return ()
    either = tuple(_PARTS) if image.disk_format in (None, "raw", "aki", "ari") else ()
    return _BY_CONTAINER.get(image.container_format or "", either)
