"""Listing the projects that an image is shared with."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.images.cloud import Cloud
from vscclient.images.image_change.membership import report_acceptance
from vscclient.images.lookup.image import find_image
from vscclient.model.member import Member
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["NamedMember", "run"]

_NOT_SHARED = {
    Visibility.PRIVATE: "is private. Projects that were members before regain access when it is shared again",
    Visibility.COMMUNITY: "is a community image: everybody can use it. Earlier members are not listed",
    Visibility.PUBLIC: "is public: everybody can use it",
}


@dataclass(frozen=True, kw_only=True)
class NamedMember:
    """A project that an image is shared with.

    Args:
        project: Its name; None if it is unknown.
    """

    project: str | None
    member: Member


def run(cloud: Cloud, name_or_id: str, terminal: Terminal) -> list[NamedMember]:
    """Return the members of an image. The terminal shows why there are none, or not all.

    Raises:
        NoSuchImage: No image has this name or ID.
        AmbiguousName: Several images have this name.
    """
    image = find_image(cloud, name_or_id)
    if image.id is None or image.visibility is not Visibility.SHARED:
        terminal.say(f"{image.label} {_NOT_SHARED.get(image.visibility, '')}")
        return []
    members = cloud.members.of(image.id)
    if not members:
        terminal.say(f"{image.label} is not shared with any project yet")
    elif image.owner != cloud.project_id and [member.id for member in members] == [cloud.project_id]:
        terminal.say(f"You see only your own project; the owner, project {image.owner}, sees all members")
    else:
        report_acceptance(image, (member.status for member in members), terminal)
    return [NamedMember(project=cloud.projects.name_of(member.id), member=member) for member in members]
