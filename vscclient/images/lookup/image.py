"""Finding an image by its name or ID."""

from __future__ import annotations

from uuid import UUID

from guestinspect.model.printable import printable
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility


def find_image(cloud: Cloud, name_or_id: str) -> Image:
    """Return the image with this name or ID.

    A name is looked up among the user's own images (hidden ones too), the public and the accepted ones, and nowhere
    else: no stranger's upload can take a name that works today.

    Raises:
        NoSuchImage: None of them has this name or ID; the error names community and pending images that have it.
        AmbiguousName: Several of them have this name.
    """
    if image := image_by_id(cloud, name_or_id):
        return image
    images = images_named(cloud, name_or_id)  # a name can look like an ID
    if not images:
        raise errors.NoSuchImage(name_or_id, _other_images_named(cloud, name_or_id))
    if len(images) == 1:
        return images[0]
    lines: list[str] = []
    for image in images:
        access = "mine" if image.owner == cloud.project_id else str(image.visibility)
        lines.append(f"  {image.id}  project {image.owner}  {access}  {image.record.get('created_at', '')}")
    raise errors.AmbiguousName(name_or_id, lines)


def image_by_id(cloud: Cloud, image_id: str) -> Image | None:
    """Return the image with this ID; None if the text is not an ID, or the user may not see such an image."""
    try:
        if str(UUID(image_id)) != image_id.lower():
            return None
        return cloud.images.get(image_id)
    except (ValueError, errors.NotFound):
        return None


def images_named(cloud: Cloud, name: str) -> list[Image]:
    """Return the images with this name among the user's own, the public and the accepted ones.

    Glance lists everybody's images for staff, for whom a name refers to the same ones.
    """
    return [
        image
        for image in _visible_images_named(cloud, name)
        if image.owner == cloud.project_id
        or image.visibility is Visibility.PUBLIC
        or answer_of_own_project(cloud, image) is MemberStatus.ACCEPTED
    ]


def own_images_named(cloud: Cloud, name: str) -> list[Image]:
    """Return the images of the user's project that have this name."""
    return [image for image in images_named(cloud, name) if image.owner == cloud.project_id]


def answer_of_own_project(cloud: Cloud, image: Image) -> MemberStatus | None:
    """Return the status that the user's project gave a shared image; None if the image is not shared with it."""
    if image.visibility is not Visibility.SHARED or image.id is None or cloud.project_id is None:
        return None
    return cloud.members.status(image.id, cloud.project_id)


def _visible_images_named(cloud: Cloud, name: str) -> list[Image]:
    images = cloud.images.find(name=name)
    if cloud.project_id:
        images += cloud.images.find(name=name, owner=cloud.project_id, os_hidden=True)
    return list({image.id: image for image in images}.values())


def _other_images_named(cloud: Cloud, name: str) -> str:
    """Return lines that name the images to which a name does not refer, and say how to use each."""
    others = [image for image in _visible_images_named(cloud, name) if image.visibility is not Visibility.COMMUNITY]
    community = cloud.images.find(name=name, visibility="community")
    pending = cloud.images.find(name=name, visibility="shared", member_status="pending")
    lines = [f"an image of project {image.owner}: use its ID {image.id}" for image in others]
    lines += [f"a community image of project {image.owner}: use its ID {image.id}" for image in community]
    lines += [
        f"shared with you by project {image.owner}, not accepted yet: openstack vsc image accept {image.id}"
        for image in pending
    ]
    return "\n".join(["Images of other projects with this name:", *map(printable, lines)]) if lines else ""
