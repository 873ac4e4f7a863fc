"""How the user comes to an image, and finding one by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from vscclient import errors
from vscclient.images import validation
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility


def find(cloud: Cloud, said: str) -> Image:
    """The image that the user means.

    A name is looked for among the own (hidden ones too), the public and the accepted images, and nowhere else: no
    stranger's upload can take a name that works today.

    Args:
        said: A name or an ID.

    Raises:
        NoSuchImage: None of those has it; where a community or pending image has it, the error says so.
        AmbiguousName: Several have it.
    """
    validation.reject_texts(said)
    if known := by_id(cloud, said):
        return known
    found = named(cloud, said)  # an ID may still be somebody's idea of a name
    if not found:
        raise errors.NoSuchImage(said, _elsewhere(cloud, said))
    if len(found) > 1:
        raise errors.AmbiguousName(said, [_line(image, cloud) for image in found])
    return found[0]


def named(cloud: Cloud, name: str) -> list[Image]:
    """The images with this name, among those that names are looked for in."""
    candidates = {image.id: image for image in _candidates(cloud, name)}
    return [image for image in candidates.values() if _counts(cloud, image)]


def own(cloud: Cloud, name: str) -> list[Image]:
    """My images with this name."""
    return [image for image in named(cloud, name) if image.owner == cloud.project_id]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An image that another project shares with mine, and what mine said to it."""

    image: Image
    status: MemberStatus


def offers(cloud: Cloud, said: str) -> list[Offer]:
    """The images of this name or ID that others share with my project, whatever it said to them."""
    known = by_id(cloud, said)
    images = [known] if known else _shared(cloud, said)
    found = ((image, _status(cloud, image)) for image in images if image.owner != cloud.project_id)
    return [Offer(image=image, status=status) for image, status in found if status]


def by_id(cloud: Cloud, said: str) -> Image | None:
    """The image with this ID; None: it is no ID, or there is none that the user may see."""
    if not _is_id(said):
        return None
    try:
        return cloud.images.get(said)
    except errors.NotThere:
        return None


def _shared(cloud: Cloud, name: str) -> list[Image]:
    """All shared images of this name, hidden ones too; staff see those of strangers among them."""
    shown = cloud.images.find(name=name, visibility="shared", member_status="all")
    hidden = cloud.images.find(name=name, visibility="shared", member_status="all", os_hidden=True)
    return list({image.id: image for image in shown + hidden}.values())


def _status(cloud: Cloud, image: Image) -> MemberStatus | None:
    """What my project said to an image that is shared with it."""
    if image.visibility is not Visibility.SHARED or image.id is None or cloud.project_id is None:
        return None
    return cloud.members.status(image.id, cloud.project_id)


def _candidates(cloud: Cloud, name: str) -> Iterator[Image]:
    yield from cloud.images.find(name=name)
    if cloud.project_id:
        yield from cloud.images.find(name=name, owner=cloud.project_id, os_hidden=True)


def _counts(cloud: Cloud, image: Image) -> bool:
    """Staff see everybody's images in their list; they too mean the own, the public and the accepted ones by a name."""
    if image.owner == cloud.project_id or image.visibility is Visibility.PUBLIC:
        return True
    return _status(cloud, image) is MemberStatus.ACCEPTED


def _elsewhere(cloud: Cloud, name: str) -> str:
    """Where else there is an image of this name, and how to use it."""
    others = [image for image in _candidates(cloud, name) if image.visibility is not Visibility.COMMUNITY]
    community = cloud.images.find(name=name, visibility="community")
    pending = cloud.images.find(name=name, visibility="shared", member_status="pending")
    lines = [f"an image of project {image.owner}: use its ID {image.id}" for image in others]
    lines += [f"a community image of project {image.owner}: use its ID {image.id}" for image in community]
    lines += [
        f"shared with you by project {image.owner}, and not accepted yet: openstack vsc image accept {image.id}"
        for image in pending
    ]
    return "\n".join(["There is one elsewhere:", *lines]) if lines else ""


def _line(image: Image, cloud: Cloud) -> str:
    access = "mine" if image.owner == cloud.project_id else str(image.visibility)
    return f"  {image.id}  project {image.owner}  {access}  {image.record.get('created_at', '')}"


def _is_id(said: str) -> bool:
    try:
        return str(UUID(said)) == said.lower()
    except ValueError:
        return False
