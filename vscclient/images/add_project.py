"""Sharing an image with one project, as the standard client's command of this name does."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.images import share
from vscclient.images.cloud import Cloud
from vscclient.images.image_change.membership import Sharing
from vscclient.images.options.groups import Consent
from vscclient.model.terminal import Terminal

__all__ = ["Consent", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The project to share an image with.

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
    """Share an image with a project. Errors as those of ``share``."""
    sharing = share.Options(
        image=options.image,
        projects=(options.project,),
        project_domain=options.project_domain,
        consent=options.consent,
    )
    return share.run(cloud, sharing, terminal)
