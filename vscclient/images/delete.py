"""Deleting images: what others use only when that is meant, and one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images import validation
from vscclient.images.access import find
from vscclient.images.cloud import Cloud
from vscclient.images.signals import defer_signals, exit_cleanly
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.member_status import MemberStatus
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = ["Options", "run"]

_NAMED_MEMBERS = 5
"""How many projects a sentence names by their ID; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is deleted.

    Args:
        images: Names or IDs.
        store: Only the data in this store; the image stays with what other stores have.
        unprotect: Protected ones too.
        agreed: Those that others use too, without a question.
    """

    images: tuple[str, ...]
    store: str | None = None
    unprotect: bool = False
    agreed: bool = False


def run(cloud: Cloud, options: Options, terminal: Terminal) -> None:
    """Finds all the images, asks once for those that others use, then deletes in the order given.

    Raises:
        NotDeleted: Some could not be deleted.
        NotAgreed: Others use some, and nobody said yes; all the rest is deleted.
    """
    validation.reject_texts(options.store or "")
    deletion = _Deletion(cloud, options, terminal)
    images = deletion.find()
    deletion.delete(deletion.without_declined(images))
    deletion.conclude()


class _Deletion:
    def __init__(self, cloud: Cloud, options: Options, terminal: Terminal) -> None:
        self._cloud = cloud
        self._options = options
        self._terminal = terminal
        self._failed: list[str] = []
        self._declined: list[str] = []

    def find(self) -> list[Image]:
        """The images that were named and may be deleted, each once."""
        found: dict[str | None, Image] = {}
        for said in dict.fromkeys(self._options.images):
            try:
                image = find(self._cloud, said)
            except (errors.Unreachable, errors.NotSignedIn):
                raise
            except errors.Error as failure:
                self._failed.append(f"{said}: {failure}" if isinstance(failure, errors.CloudError) else str(failure))
            else:
                found[image.id] = image
        return [image for image in found.values() if self._is_possible(image)]

    def without_declined(self, images: list[Image]) -> list[Image]:
        """Those that nobody else uses, and the others too, if the user agrees."""
        if self._options.store:
            return images
        used = {image.id: _used(image, uses) for image in images if (uses := list(self._uses(image)))}
        told = f"Others use {'; '.join(used.values())}."
        if used and self._options.agreed:
            self._terminal.say(told)
        if not used or self._options.agreed or self._terminal.confirm(f"{told} Delete {_it(used)}?"):
            return images
        self._declined = list(used.values())
        return [image for image in images if image.id not in used]

    def delete(self, images: list[Image]) -> None:
        """Deletes them one after the other."""
        where = f" from store {self._options.store}" if self._options.store else ""
        with exit_cleanly():
            for image in images:
                why_not = self._why_not_deleted(image)
                if why_not:
                    self._failed.append(f"{_label(image)}: {why_not}")
                else:
                    self._terminal.say(f"Deleted {_label(image)}{where}")

    def conclude(self) -> None:
        """Raises what is to be told at the end."""
        if self._failed:
            declined = [f"{used}. If it is meant: --yes" for used in self._declined]
            raise errors.NotDeleted([*self._failed, *declined])
        if self._declined:
            what = f"Others use {'; '.join(self._declined)}"
            raise errors.NotAgreed(
                what, "It was not deleted." if len(self._declined) == 1 else "They were not deleted."
            )

    def _is_possible(self, image: Image) -> bool:
        """Whether it may be deleted, as far as one can see."""
        if not self._is_mine(image) and not self._is_staff():
            self._failed.append(f"{_label(image)}: it belongs to project {image.owner}; only that one can delete it")
        elif image.protected and not (self._options.unprotect or self._options.store):
            self._failed.append(f"{_label(image)}: it is protected. To delete it all the same: --unprotect")
        else:
            return True
        return False

    def _is_mine(self, image: Image) -> bool:
        return image.owner == self._cloud.project_id

    def _is_staff(self) -> bool:
        """Whether the user may delete what others own; yes where nobody can tell: the Image service will."""
        try:
            return self._cloud.has_role(load_settings(None).publishing_role).value
        except (Unknown, errors.BadPolicy, errors.UnusableFile):
            return True

    def _uses(self, image: Image) -> Iterator[str]:
        """Who else uses it."""
        if not self._is_mine(image):
            yield f"it belongs to project {image.owner}"
        if image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
            yield f"it is {image.visibility}, everybody can use it"
        elif image.visibility is Visibility.SHARED and image.id:
            yield from self._members(image.id)

    def _members(self, image_id: str) -> Iterator[str]:
        try:
            members = self._cloud.members.of(image_id)
        except errors.NotThere:
            return  # it is gone already
        except (errors.NotAllowed, errors.NotOffered, errors.Failing):
            yield "nobody can tell who uses it"
            return
        using = [member for member in members if member.status is not MemberStatus.REJECTED]
        others = [member for member in using if member.id != self._cloud.project_id]
        if others:
            yield f"it is shared with {_counted(others)}"

    def _why_not_deleted(self, image: Image) -> str:
        """Deletes it, or says why not; what was unprotected for that is protected again."""
        unprotected = False
        try:
            if image.protected and not self._options.store:
                unprotected = True  # before it is done: an interruption may come in the middle
                self._cloud.images.change(image.id or "", {"protected": False})
            self._remove(image.id or "")
        except errors.CloudError as failure:
            why = self._why(image, failure)
            return why + self._protected_again(image) if why and unprotected else why
        except BaseException:
            if unprotected:
                self._terminal.say(f"Interrupted at {_label(image)}{self._protected_again(image)}")
            raise
        return ""

    def _remove(self, image_id: str) -> None:
        if self._options.store:
            self._cloud.images.delete_from_store(image_id, self._options.store)
        else:
            self._cloud.images.delete(image_id)

    def _why(self, image: Image, failure: errors.CloudError) -> str:
        """What the failure means; nothing where somebody else has deleted it at the same time."""
        return "" if isinstance(failure, errors.NotThere) and self._is_gone(image) else str(failure)

    def _is_gone(self, image: Image) -> bool:
        """Whether there is no such image; not, where nobody can tell."""
        try:
            self._cloud.images.get(image.id or "")
        except errors.NotThere:
            return not self._options.store
        except errors.CloudError:
            return False
        return False

    def _protected_again(self, image: Image) -> str:
        with defer_signals():
            try:
                self._cloud.images.change(image.id or "", {"protected": True})
            except errors.NotThere:
                return ". It is gone, though"
            except errors.Error:
                return f". It is not protected any more; protect it with: openstack image set --protected {image.id}"
        return ". It is protected again"


def _used(image: Image, uses: list[str]) -> str:
    return f"{_label(image)}: {', '.join(uses)}"


def _counted(members: list[Member]) -> str:
    """ "2 projects (ID accepted, ID pending)"."""
    named = [f"{member.id} {member.status}" for member in members[:_NAMED_MEMBERS]]
    more = [f"{len(members) - _NAMED_MEMBERS} more"] if len(members) > _NAMED_MEMBERS else []
    return f"{len(members)} project{'s' if len(members) > 1 else ''} ({', '.join(named + more)})"


def _it(images: dict[str | None, str]) -> str:
    return "it" if len(images) == 1 else "them"


def _label(image: Image) -> str:
    return f"{image.label}"
