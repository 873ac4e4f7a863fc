"""Removing one project from an image, as the standard client's command of this name does."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.images import unshare
from vscclient.images.cloud import Cloud
from vscclient.images.image_change.membership import Sharing
from vscclient.images.options.groups import Consent
from vscclient.model.terminal import Terminal

__all__ = ["Consent", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The project to remove from an image.

    Args:
        image: Its name or ID.
        project: Name or ID of the project.
        project_domain: Name or ID of its domain, where several domains have a project of this name.
    """

    image: str
    project: str
    project_domain: str | None = None
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Sharing:
    """Remove a project from an image. Errors as those of ``unshare``."""
    removal = unshare.Options(
        image=options.image,
        projects=(options.project,),
        project_domain=options.project_domain,
        consent=options.consent,
    )
    return unshare.run(cloud, removal, terminal)
