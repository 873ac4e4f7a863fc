"""Removing properties and tags from an image."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.images import set as set_image
from vscclient.images.cloud import Cloud
from vscclient.images.options.groups import Consent
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

__all__ = ["Consent", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The properties and tags to remove from an image.

    Args:
        image: Its name or ID.
        properties: Names of properties.
    """

    image: str
    properties: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image | None:
    """Remove properties and tags; return the image as it is then. Errors as those of ``set``."""
    changes = set_image.Options(
        image=options.image,
        removed_properties=options.properties,
        removed_tags=options.tags,
        consent=options.consent,
    )
    return set_image.run(cloud, changes, terminal)
