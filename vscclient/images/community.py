"""Offering an image to everybody on the cloud."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.images import set as set_image
from vscclient.images.cloud import Cloud
from vscclient.images.options.groups import AccessOptions, Attributes, Consent, Description, InspectOptions
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Attributes", "Consent", "Description", "InspectOptions", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """An image to offer to everybody, and the changes that make it fit for that.

    Args:
        image: Its name or ID.
        name: Its new name.
    """

    image: str
    name: str | None = None
    attributes: Attributes = Attributes()
    description: Description = Description()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image | None:
    """Make an image a community image; return it as it is then. Errors as those of ``set``."""
    changes = set_image.Options(
        image=options.image,
        name=options.name,
        access=AccessOptions(visibility=Visibility.COMMUNITY),
        attributes=options.attributes,
        description=options.description,
        inspect_options=options.inspect_options,
        consent=options.consent,
    )
    return set_image.run(cloud, changes, terminal)
