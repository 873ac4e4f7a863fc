"""Images that other projects share with the user's project."""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.model.printable import printable
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.image import answer_of_own_project, image_by_id, images_named
from vscclient.images.lookup.project import project_id_of, project_label
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility

_NOT_OFFERED = {
    Visibility.PUBLIC: "It is public and in everybody's list: {id}",
    Visibility.COMMUNITY: "It is a community image, which everybody can use by its ID: {id}",
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An image that another project shares with the user's project.

    Args:
        status: The answer that the user's project gave.
    """

    image: Image
    status: MemberStatus

    @property
    def line(self) -> str:
        """The offer in a list of several."""
        return f"  {self.image.id}  project {self.image.owner}  {self.status}"


def find_offers(cloud: Cloud, name_or_id: str, from_project: str | None) -> list[Offer]:
    """Return the offers of images with this name or ID from one project, or from any; at least one.

    Raises:
        NoSuchProject: The sharing project cannot be found.
        NotShared: No such image is shared with the user's project.
    """
    owner = project_id_of(cloud, from_project) if from_project is not None else None
    offers = _all_offers(cloud, name_or_id)
    if not offers:
        raise errors.NotShared(name_or_id, project_label(cloud, cloud.project_id), _other_access(cloud, name_or_id))
    chosen = [offer for offer in offers if owner in (None, offer.image.owner)]
    if not chosen:
        title = f"Project {from_project} does not share it; these do:"
        reason = "\n".join(printable(line) for line in (title, *(offer.line for offer in offers)))
        raise errors.NotShared(name_or_id, project_label(cloud, cloud.project_id), reason)
    return chosen


def _all_offers(cloud: Cloud, name_or_id: str) -> list[Offer]:
    """Return the offers with this name or ID, also of hidden images. Glance lists those of strangers for staff."""
    if image := image_by_id(cloud, name_or_id):
        images = [image]
    else:
        images = cloud.images.find(name=name_or_id, visibility="shared", member_status="all")
        images += cloud.images.find(name=name_or_id, visibility="shared", member_status="all", os_hidden=True)
    others = {image.id: image for image in images if image.owner != cloud.project_id}.values()
    answers = ((image, answer_of_own_project(cloud, image)) for image in others)
    return [Offer(image=image, status=status) for image, status in answers if status]


def _other_access(cloud: Cloud, name_or_id: str) -> str:
    """Return sentences that explain why existing images with this name or ID need no answer."""
    if image := image_by_id(cloud, name_or_id):
        images = [image]
    else:
        images = [*images_named(cloud, name_or_id), *cloud.images.find(name=name_or_id, visibility="community")]
    sentences = []
    for image in {image.id: image for image in images}.values():
        if image.owner == cloud.project_id:
            sentences.append(f"It belongs to your project: {image.id}")
        elif image.visibility in _NOT_OFFERED:
            sentences.append(_NOT_OFFERED[image.visibility].format(id=image.id))
    return ". ".join(sentences)
