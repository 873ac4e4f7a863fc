"""Taking an image back, so that only its own project has it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vscclient.images import access, membership
from vscclient.images.amendment import Amendment
from vscclient.images.cloud import Cloud
from vscclient.images.interruption import orderly
from vscclient.images.membership import Shared
from vscclient.images.options import Terms
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Options", "Terms", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """An image that shall be private.

    Args:
        image: Its name or ID.
        forget_members: Remove those that it was shared with, too: else they have it again when it is shared again.
    """

    image: str
    forget_members: bool = False
    terms: Terms = Terms()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image:
    """Makes an image private; returns it as it is then.

    Raises:
        NotAgreed: It takes access from others, and the user does not mean it, or cannot be asked.
        Partly: Not all members could be removed; the image is shared with them as before.
    """
    image = access.find(cloud, options.image)
    members = membership.stored(cloud, image)
    amendment = Amendment(cloud, image, options.terms, terminal)
    plan = Plan(image=replace(image, visibility=Visibility.PRIVATE), before=image, members_before=members)
    with orderly():
        agreed = amendment.agreed(plan)
        if options.forget_members and not options.terms.dry_run:
            _forget(cloud, image, terminal)
        made = amendment.done(agreed)
    if made is image:
        terminal.say(f"{image.name} ({image.id}) is private already.")
    elif _may_come_back(image, members) and not options.forget_members:
        kept = "The" if members else "If it had members before, these"  # Glance shows nobody those of a public image
        terminal.say(
            f"{kept} members have it again if it is shared again. "
            f"To have them forgotten: openstack vsc image private --forget-members {image.id}"
        )
    return made


def _forget(cloud: Cloud, image: Image, terminal: Terminal) -> None:
    """Removes all members. Glance shows and removes them only while the image is ``shared``."""
    if image.id is None:
        return
    try:
        shared = image
        if image.visibility is not Visibility.SHARED:
            shared = cloud.images.change(image.id, {"visibility": str(Visibility.SHARED)})
        members = membership.stored(cloud, shared)
        rows = membership.remove(cloud, shared, members, terminal)
    finally:
        cloud.images.change(image.id, {"visibility": str(Visibility.PRIVATE)})
    failure = Shared(image, tuple(rows)).failure
    if failure:
        raise failure
    names = ", ".join(member.said for member in members) or "there were none"
    terminal.say(f"Members that were forgotten: {names}.")


def _may_come_back(image: Image, members: tuple[NamedProject, ...]) -> bool:
    """Whether somebody may have it again: of an image that was not shared just now, Glance tells nobody who had it."""
    return bool(members) or image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC)
