"""The members of an image: the projects that it is shared with.

Glance lists, adds and removes members only while the image is ``shared``, and keeps them while it is not. It stores any
string as a project's ID, without a check.
Source: Image API v2, «Sharing».
"""

from __future__ import annotations

from typing import Any

from vscclient import errors
from vscclient.glance.client import Service, image_path, translate_errors
from vscclient.glance.error_translation import SERVICE
from vscclient.glance.record import field
from vscclient.model.member import Member
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import ProjectId

_RETRIES = {"status_code_retries": 2, "retriable_status_codes": [500, 502, 503, 504]}
"""Adding and removing may be repeated: Glance answers with 409 and 404 if it is already done."""


class MemberService:
    """Members of images, for one signed-in user."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def of(self, image_id: str) -> list[Member]:
        """Return the members of an image: all for its owner, only itself for a member.

        Raises:
            NotFound: The user may not see the image.
        """
        answer = self._service.request("get", image_path(image_id, "members"))
        with translate_errors():
            return [_member_of(record) for record in answer["members"]]

    def status(self, image_id: str, member_id: str) -> MemberStatus | None:
        """Return the answer of a project to an image; None if it is not a member."""
        try:
            return _member_of(self._service.request("get", image_path(image_id, "members", member_id))).status
        except errors.NotFound:
            return None

    def add(self, image_id: str, project_id: ProjectId) -> Member:
        """Share an image with a project.

        Raises:
            Conflict: The project is a member already.
            OverQuota: The image has as many members as the cloud allows.
            UnexpectedAnswer: It is about another project.
        """
        path, body = image_path(image_id, "members"), {"member": project_id}
        member = _member_of(self._service.request("post", path, data=body, **_RETRIES))
        if member.id != project_id:
            raise errors.UnexpectedAnswer(SERVICE, f"the member {member.id} instead of {project_id}")
        return member

    def remove(self, image_id: str, member_id: str) -> None:
        """Remove a project from the members of an image.

        Raises:
            NotFound: The project is not a member.
        """
        self._service.request("delete", image_path(image_id, "members", member_id), **_RETRIES)

    def answer(self, image_id: str, project_id: ProjectId, status: MemberStatus) -> Member:
        """Accept or reject an image for a project that it is shared with. Only users of that project may.

        Raises:
            NotChanged: The answer shows another status.
        """
        path = image_path(image_id, "members", project_id)
        member = _member_of(self._service.request("put", path, data={"status": str(status)}))
        if member.status is not status:
            raise errors.NotChanged(SERVICE, f"its answer says that project {project_id} is still {member.status}")
        return member


def _member_of(record: Any) -> Member:
    with translate_errors():
        member_id, status = field(record, "member_id", str), MemberStatus(record["status"])
        since = field(record, "updated_at", str) or ""
    if member_id is None:
        raise errors.UnexpectedAnswer(SERVICE, "a member without an ID")
    return Member(id=member_id, status=status, since=since, record=dict(record))
