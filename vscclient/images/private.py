"""Taking an image back, so that only its own project has it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.images import access
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.image_change.membership import Shared
from vscclient.images.inspection import in_cloud
from vscclient.images.options import Consent
from vscclient.images.signals import defer_signals, exit_cleanly
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Consent", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """An image that shall be private.

    Args:
        image: Its name or ID.
        forget_members: Remove those that it was shared with, too: else they have it again when it is shared again.
    """

    image: str
    forget_members: bool = False
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image:
    """Makes an image private; returns it as it is then.

    Raises:
        NotAgreed: It takes access from others, and the user does not mean it, or cannot be asked.
        Partly: It is private, but not all members could be forgotten.
    """
    image = access.find(cloud, options.image)
    members = membership.stored(cloud, image)
    change = ImageChange(cloud, in_cloud.known_bits_of(image), options.consent, terminal)
    plan = Plan(image=replace(image, visibility=Visibility.PRIVATE), before=image, members_before=members)
    agreed = change.agreed(plan)
    forgotten = None
    if options.forget_members and not options.consent.dry_run:
        forgotten = _forget(cloud, image, terminal)
    made = change.done(agreed)
    if made is image:
        terminal.say(f"{image.label} is private already.")
    elif _may_come_back(image, members) and not options.forget_members:
        kept = "The members" if members else "If it had members before, they"
        terminal.say(
            f"{kept} have it again if it is shared again. "
            f"To have them forgotten: openstack vsc image private --forget-members {image.id}"
        )
    if forgotten and forgotten.failure:
        raise forgotten.failure
    return made


def _forget(cloud: Cloud, image: Image, terminal: Terminal) -> Shared:
    """Removes all members. Glance shows and removes them only while the image is ``shared``."""
    with exit_cleanly():
        try:
            shared = image
            if image.visibility is not Visibility.SHARED:
                shared = cloud.images.change(image.id or "", {"visibility": str(Visibility.SHARED)})
            members = membership.stored(cloud, shared)
            result = Shared(image, tuple(membership.remove(cloud, shared, members, terminal)))
        finally:
            _close(cloud, image, terminal)
    names = ", ".join(row.project.said for row in result.rows if row not in result.failed)
    terminal.say(f"Members that were forgotten: {names or 'there were none'}.")
    return result


def _close(cloud: Cloud, image: Image, terminal: Terminal) -> None:
    """Makes it private, whatever came in between: it must not stay shared with those who were to lose it."""
    with defer_signals():
        try:
            cloud.images.change_patiently(image.id or "", {"visibility": str(Visibility.PRIVATE)})
        except errors.Error:
            terminal.say(f"It may still be shared. Take it back with: openstack vsc image private {image.id}")
            raise


def _may_come_back(image: Image, members: tuple[NamedProject, ...]) -> bool:
    """Whether somebody may have it again: of an image that was not shared just now, Glance tells nobody who had it."""
    return bool(members) or image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC)
