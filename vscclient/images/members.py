"""Whom an image is shared with."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.images.access import find
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["NamedMember", "run"]

_NOT_SHARED = {
    Visibility.PRIVATE: "is private. If it had members before, they have it again when it is shared again",
    Visibility.COMMUNITY: "is a community image: everybody can use it. Members from before are not listed",
    Visibility.PUBLIC: "is public: everybody can use it",
}


@dataclass(frozen=True, kw_only=True)
class NamedMember:
    """A project that an image is shared with.

    Args:
        project: Its name; None where nobody tells.
    """

    project: str | None
    member: Member


def run(cloud: Cloud, said: str, terminal: Terminal) -> list[NamedMember]:
    """The members of the image with this name or ID. Why there are none, or not all, is told.

    Raises:
        NoSuchImage: There is no such image.
        AmbiguousName: There are several.
    """
    image = find(cloud, said)
    if image.id is None or image.visibility is not Visibility.SHARED:
        terminal.say(f"{image.label} {_NOT_SHARED.get(image.visibility, '')}")
        return []
    members = cloud.members.of(image.id)
    terminal.say(_remark(cloud, image, members))
    return [NamedMember(project=cloud.projects.name_of(member.id), member=member) for member in members]


def _remark(cloud: Cloud, image: Image, members: list[Member]) -> str:
    if not members:
        return f"{image.label} is shared with nobody yet"
    if image.owner != cloud.project_id and [member.id for member in members] == [cloud.project_id]:
        return f"You see your own project only; the owner, project {image.owner}, sees all"
    return ""
