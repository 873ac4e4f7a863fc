"""Deleting images: the user is asked about images that others use, and a failure does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from guestinspect.model.fact import Unknown
from guestinspect.model.printable import printable
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.interruption.signals import Abandoned, complete
from vscclient.images.lookup.dependents import describe_dependents
from vscclient.images.lookup.image import find_image
from vscclient.images.lookup.state import StateUnknown, state_of
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = ["Options", "run"]

LOG = logging.getLogger(__name__)

_NAMED_MEMBERS = 5
"""How many projects a sentence names by their ID; the others are counted."""

_WITHIN_S = 60.0
"""The longest time to restore a protection, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The images to delete.

    Args:
        images: Names or IDs.
        store: Delete only the data in this store; the image stays with the data in its other stores.
        unprotect: Delete protected images, too.
        yes: Delete images that others use without asking.
    """

    images: tuple[str, ...]
    store: str | None = None
    unprotect: bool = False
    yes: bool = False


def run(cloud: Cloud, options: Options, terminal: Terminal) -> None:
    """Find all images, ask once about those that others use, then delete in the order given.

    Raises:
        NotDeleted: Some images could not be deleted.
        DeletionNotConfirmed: Other people can use some images, and the user did not agree; all others are deleted.
    """
    deletion = _Deletion(cloud, options, terminal)
    images = deletion.find_images()
    deletion.delete(deletion.ask(images))
    deletion.raise_failures()


class _Deletion:
    def __init__(self, cloud: Cloud, options: Options, terminal: Terminal) -> None:
        self._cloud = cloud
        self._options = options
        self._terminal = terminal
        self._failed: list[str] = []
        self._unconfirmed: list[str] = []
        self._declined: list[str] = []

    def find_images(self) -> list[Image]:
        """Return the named images that can be deleted, each once."""
        images: dict[str | None, Image] = {}
        for name_or_id in dict.fromkeys(self._options.images):
            try:
                image = find_image(self._cloud, name_or_id)
            except (errors.Unreachable, errors.NotSignedIn):
                raise
            except errors.CloudError as failure:
                self._failed.append(f"{printable(name_or_id)}: {failure}")
            except errors.Error as failure:  # its sentence names the image
                self._failed.append(str(failure))
            else:
                images[image.id] = image
        return [image for image in images.values() if self._can_be_deleted(image)]

    def ask(self, images: list[Image]) -> list[Image]:
        """Return the images to delete: those that others use only if the user agrees."""
        if self._options.store:
            return images
        deleted = frozenset(image.id for image in images)
        for sentence in describe_dependents(self._cloud, images, deleted):
            self._terminal.say(sentence)
        used = {
            image.id: f"{image.label}: {', '.join(uses)}"
            for image in images
            if (uses := list(uses_of(self._cloud, image)))
        }
        if not used:
            return images
        sentence = f"Other people can use {'; '.join(used.values())}."
        if self._options.yes:
            self._terminal.say(sentence)
            return images
        if self._terminal.confirm(f"{sentence} Delete {'it' if len(used) == 1 else 'them'}?"):
            return images
        self._declined = [printable(uses) for uses in used.values()]
        return [image for image in images if image.id not in used]

    def delete(self, images: list[Image]) -> None:
        """Delete the images one after the other."""
        for image in images:
            self._delete_one(image)

    def raise_failures(self) -> None:
        """Raise the error that names all images that were not deleted, if there are any."""
        declined = [f"{used}; other people can use it. To delete it anyway, add: --yes" for used in self._declined]
        if self._failed or self._unconfirmed:
            raise errors.NotDeleted([*self._failed, *declined], self._unconfirmed)
        if declined:
            raise errors.DeletionNotConfirmed(declined)

    def _can_be_deleted(self, image: Image) -> bool:
        """Check whether the image can be deleted, as far as that is known before."""
        if image.owner != self._cloud.project_id and not self._is_staff:
            self._failed.append(
                f"{printable(image.label)}: it belongs to project {image.owner}; "
                "only that project and the VSC's staff can delete it"
            )
        elif image.protected and not (self._options.unprotect or self._options.store):
            self._failed.append(f"{printable(image.label)}: it is protected. To delete it anyway, add: --unprotect")
        else:
            return True
        return False

    @cached_property
    def _is_staff(self) -> bool:
        """Whether the user may delete images of others; True if that is unknown, since the Image service decides."""
        try:
            return self._cloud.has_role(load_settings(None).publishing_role).value
        except (Unknown, errors.InvalidPolicyFile, errors.UnusableFile):
            return True

    def _delete_one(self, image: Image) -> None:
        """Delete an image. A protection that was removed for it is restored if that fails."""
        image_id, store = str(image.id), self._options.store
        from_store = f" from store {store}" if store else ""
        late = "its protection may still be removed"
        try:
            if image.protected and not store:
                self._cloud.images.change(image_id, {"protected": False})
            late = f"it may still be deleted{from_store}"
            if store:
                self._cloud.images.delete_from_store(image_id, store)
            else:
                self._cloud.images.delete(image_id)
        except errors.CloudError as failure:
            is_gone, state = self._state_after(image, "" if isinstance(failure, errors.FINAL_ERRORS) else late)
            if not is_gone:
                failed = self._failed if is_gone is False else self._unconfirmed
                failed.append(f"{printable(image.label)}: {failure}{state}")
                return
        except BaseException:
            is_gone, state = self._state_after(image, late)
            self._terminal.say(f"Interrupted at {image.label}{f'; it was deleted{from_store}' if is_gone else state}")
            raise
        self._terminal.say(f"Deleted {image.label}{from_store}")

    def _state_after(self, image: Image, late: str) -> tuple[bool | None, str]:
        """Find out what a failed deletion did. The answer may have been lost, or somebody else has deleted the image.

        Args:
            image: The image as it was.
            late: What the failed request can still do after this look; empty: nothing.

        Returns:
            True if it was done, None if that could not be checked; what is there, as the end of a sentence.
        """
        image_id, store = str(image.id), self._options.store
        check = f"Check with: openstack vsc image show {image_id}"
        protect = f"rotect it with: openstack image set --protected {image_id}"
        was_unprotected = image.protected and not store
        if was_unprotected:
            try:
                complete(lambda: self._cloud.images.change_with_retries(image_id, {"protected": True}), _WITHIN_S)
            except errors.NotFound:
                return True, ""
            except (errors.Error, Abandoned):
                LOG.debug("protecting %s failed", image_id, exc_info=True)
            else:
                return False, "; its protection was restored" + (f", but {late}. {check}" if late else "")
        try:
            now = state_of(self._cloud, image_id)
        except StateUnknown:
            return None, f"; it may be deleted. {check}{f'. If it is there, p{protect}' if was_unprotected else ''}"
        if now is None:
            return not store, "; the image does not exist any more"
        if store:
            was_there, is_there = (store in str(one.record.get("stores")).split(",") for one in (image, now))
            if was_there and not is_there:
                return True, ""
        state = f"; {late}. {check}" if late else ""
        if was_unprotected and not now.protected:
            return False, f"; it is not protected any more. P{protect}{state}"
        return False, state


def uses_of(cloud: Cloud, image: Image) -> Iterator[str]:
    """Yield the reasons why other people can use the image."""
    if image.owner != cloud.project_id:
        yield f"it belongs to project {image.owner}"
    if image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
        yield f"it is a {image.visibility} image"
    if image.visibility is not Visibility.SHARED or not image.id:
        return
    try:
        members = cloud.members.of(image.id)
    except errors.NotFound:
        return  # somebody has deleted it
    except (errors.NotAllowed, errors.NotSupported, errors.ServiceFailure):
        yield "its members are unknown"
        return
    users = [member for member in members if member.status is not MemberStatus.REJECTED]
    others = [member for member in users if member.id != cloud.project_id]
    if others:
        named = [f"{member.id} {member.status}" for member in others[:_NAMED_MEMBERS]]
        more = [f"{len(others) - _NAMED_MEMBERS} more"] if len(others) > _NAMED_MEMBERS else []
        yield f"it is shared with {len(others)} project{'s'[: len(others) > 1]} ({', '.join(named + more)})"
