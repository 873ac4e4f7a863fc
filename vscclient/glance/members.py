"""The members of an image: the projects that it is shared with.

Glance lists, adds and removes them only while the image is ``shared``, and keeps them while it is not. It stores any
string as a project's ID, and checks nothing.
Source: Image API v2, «Sharing».
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vscclient import errors
from vscclient.glance.service import Service, path_of
from vscclient.model.member import Member
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import ProjectId

_PATIENCE = {"status_code_retries": 2, "retriable_status_codes": [500, 502, 503, 504]}
"""Adding and removing may be repeated: what was done already is answered with 409 and 404."""


class MemberService:
    """Members of images, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def of(self, image_id: str) -> list[Member]:
        """All members; the owner sees all, a member itself only.

        Raises:
            NotThere: The user may not see the image.
        """
        answer = self._service.ask("get", path_of(image_id, "members"))
        return [_member_of(record) for record in answer["members"]]

    def status(self, image_id: str, member_id: str) -> MemberStatus | None:
        """What a project said to an image shared with it; None: it is no member."""
        try:
            return _member_of(self._service.ask("get", path_of(image_id, "members", member_id))).status
        except errors.NotThere:
            return None

    def add(self, image_id: str, project_id: ProjectId) -> Member:
        """Shares the image with a project.

        Raises:
            Conflict: It is a member already.
            OverQuota: There are as many members as the cloud allows.
        """
        path, member = path_of(image_id, "members"), {"member": project_id}
        return _member_of(self._service.ask("post", path, data=member, **_PATIENCE))

    def remove(self, image_id: str, member_id: str) -> None:
        """Takes it back.

        Raises:
            NotThere: It is no member.
        """
        self._service.ask("delete", path_of(image_id, "members", member_id), **_PATIENCE)

    def answer(self, image_id: str, project_id: ProjectId, status: MemberStatus) -> Member:
        """Says what a project thinks of an image that is shared with it. Only that project may."""
        path = path_of(image_id, "members", project_id)
        return _member_of(self._service.ask("put", path, data={"status": str(status)}))


def _member_of(record: Mapping[str, Any]) -> Member:
    return Member(
        id=record["member_id"],
        status=MemberStatus(record["status"]),
        since=record.get("updated_at") or "",
        record=dict(record),
    )
