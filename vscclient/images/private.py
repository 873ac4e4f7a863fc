"""Making an image private, so that only its own project can use it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.image_change.membership import Sharing
from vscclient.images.inspection import in_cloud
from vscclient.images.interruption.signals import Abandoned, complete
from vscclient.images.lookup.image import find_image
from vscclient.images.lookup.state import StateUnknown, state_of
from vscclient.images.options.groups import Consent
from vscclient.model.image import Image
from vscclient.model.plan import Plan, own_projects
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = ["Consent", "Options", "run"]

_WITHIN_S = 60.0
"""The longest time to make an image private again, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """An image to make private.

    Args:
        image: Its name or ID.
        forget_members: Remove its members, too; else they regain access when the image is shared again.
    """

    image: str
    forget_members: bool = False
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image:
    """Make an image private; return it as it is then.

    Raises:
        NotConfirmed: It takes access from others, and the user does not agree, or cannot be asked.
        PartialFailure: The image is private, but not all members could be removed.
    """
    settings = load_settings(options.consent.policy, options.consent.waived)
    image = find_image(cloud, options.image)
    is_private = image.visibility is Visibility.PRIVATE
    if is_private and not options.forget_members:
        terminal.say(f"{image.label} is private already.")
        return image
    members = membership.stored_members(cloud, image)
    change = ImageChange(cloud, in_cloud.known_data(image), settings, options.consent, terminal)
    plan = Plan(
        image=replace(image, visibility=Visibility.PRIVATE),
        before=image,
        members_before=members,
        own_projects=own_projects(members),
    )
    plan = change.agree(plan)
    if options.forget_members and not options.consent.dry_run:
        return _forget_members(cloud, plan, change, terminal)
    changed = change.apply(plan)
    if is_private:
        terminal.say(f"{image.label} is private already.")
    elif not options.forget_members and (members or image.visibility is not Visibility.SHARED):
        # Glance does not list the earlier members of a community or public image
        returning = "these members" if members else "projects that were members before"
        terminal.say(
            f"If the image is shared again, {returning} regain access. "
            f"To remove them for good: openstack vsc image private --forget-members {image.id}"
        )
    return changed


def _forget_members(cloud: Cloud, plan: Plan, change: ImageChange, terminal: Terminal) -> Image:
    """Remove all members, and make the image private. Arguments and errors as those of ``run``."""
    image = plan.before or plan.image
    removal = _remove_members(cloud, image, terminal)
    warning = _make_private(cloud, image)
    removed = ", ".join(row.project.label for row in removal.rows if row not in removal.failed)
    terminal.say(f"Removed members: {removed or 'none'}.")
    if image.visibility is Visibility.PRIVATE:
        if warning:
            raise errors.PartialFailure("\n".join(filter(None, [warning, removal.failures])))
        terminal.say(f"{image.label} is private already.")
    try:
        # the image is private by now, if all went well; the same value once more does no harm, and is reported
        changed = change.apply(plan)
    except BaseException:
        for line in (*removal.failures.splitlines(), warning):
            terminal.say(line)
        raise
    if removal.failures:
        raise errors.PartialFailure(removal.failures)
    return changed


def _remove_members(cloud: Cloud, image: Image, terminal: Terminal) -> Sharing:
    """Remove all members. Glance lists and removes them only while the image is ``shared``, which it is afterwards."""
    try:
        shared = image
        if image.visibility is not Visibility.SHARED:
            shared = cloud.images.change(image.id or "", {"visibility": str(Visibility.SHARED)})
        members = membership.stored_members(cloud, shared)
        return Sharing(image, membership.remove_members(cloud, shared, members, terminal))
    except BaseException:  # members that lose access must not keep it
        private = f"{image.label} is private. Members that were not removed regain access if it is shared again."
        terminal.say(_make_private(cloud, image) or private)
        raise


def _make_private(cloud: Cloud, image: Image) -> str:
    """Make the image private, even while the service is in trouble; return what to do if it may not be."""
    private, image_id = {"visibility": str(Visibility.PRIVATE)}, str(image.id)
    state = "may still be"
    try:
        complete(lambda: cloud.images.change_with_retries(image_id, private), _WITHIN_S)
        return ""
    except (errors.Error, Abandoned):
        with suppress(StateUnknown):
            now = state_of(cloud, image_id)
            if now is None or now.visibility is Visibility.PRIVATE:
                return ""
            state = "is still"
    return f"The image {state} shared. Make it private with: openstack vsc image private {image.id}"
