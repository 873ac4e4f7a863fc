"""Projects: mine, and those that others name. The only maker of a ``ProjectId``."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session

from vscclient import errors
from vscclient.identity.failure import translated
from vscclient.model.project import NamedProject, ProjectId, Resolution

_ID = re.compile(r"[0-9a-f]{32}")
"""Keystone makes IDs of 32 hexadecimal digits (``uuid4().hex``)."""

_BY_ID = "by ID"


class Projects:
    """What one signed-in user can find out of projects.

    An ordinary user may only ask for the own ones: ``GET /v3/projects?name=`` is answered with 403, whether there
    is such a project or not. Staff may look any up.
    """

    def __init__(self, session: Session, region_name: str | None, interface: str | None) -> None:
        self._session = session
        self._where: dict[str, Any] = {"service_type": "identity", "region_name": region_name, "interface": interface}
        self._refused: set[str] = set()

    def named(self, said: str, domain: str | None = None) -> NamedProject:
        """The project that was named, by name or ID.

        Args:
            said: The name or ID.
            domain: The name or ID of its domain, where the same name stands in several.

        Raises:
            AmbiguousProject: Several own projects have the name.
        """
        if not said.strip():
            return NamedProject(said=said, project_id=None, resolution=Resolution.UNRESOLVED)
        own = [project for project in self._own if self._is_meant(project, said, domain)]
        project_id = _id_in(said)
        if len(own) > 1:
            raise errors.AmbiguousProject(said)
        if own:
            return NamedProject(said=said, project_id=ProjectId(own[0]["id"]), resolution=Resolution.OWN)
        looked_up = self._look_up(project_id or said, domain)
        if looked_up:
            return NamedProject(said=said, project_id=looked_up, resolution=Resolution.LOOKED_UP)
        if project_id is None:
            return NamedProject(said=said, project_id=None, resolution=Resolution.UNRESOLVED)
        if _BY_ID not in self._refused:  # staff may ask, and there is none
            return NamedProject(said=said, project_id=None, resolution=Resolution.ABSENT)
        return NamedProject(said=said, project_id=ProjectId(project_id), resolution=Resolution.UNVERIFIED)

    def stored(self, member_id: str) -> NamedProject:
        """A member as an image service has it stored, which may be anything.

        Nothing is looked up: an image can have a hundred members.
        """
        own = [str(project["name"]) for project in self._own if project["id"] == member_id]
        if own:
            return NamedProject(said=own[0], project_id=ProjectId(member_id), resolution=Resolution.OWN)
        if _ID.fullmatch(member_id):
            return NamedProject(said=member_id, project_id=ProjectId(member_id), resolution=Resolution.UNVERIFIED)
        return NamedProject(said=member_id, project_id=None, resolution=Resolution.UNRESOLVED)

    def name_of(self, project_id: str) -> str | None:
        """The name of a project: of the own ones and, for staff, of any; None where nobody tells.

        After the first refusal nothing more is asked: an image can have a hundred members.
        """
        for project in self._own:
            if project["id"] == project_id:
                return str(project["name"])
        if not _ID.fullmatch(project_id):
            return None
        found = self._told(_BY_ID, f"/projects/{project_id}")
        return str(found["project"]["name"]) if found else None

    def _is_meant(self, project: dict[str, Any], said: str, domain: str | None) -> bool:
        if project["id"] in (said, _id_in(said)):
            return True
        return bool(said == project["name"] and domain in (None, project["domain_id"], self._domain_name(project)))

    def _domain_name(self, project: dict[str, Any]) -> str | None:
        """The name of a project's domain, as far as the token tells: an ordinary user may not ask for it."""
        auth = self._session.auth
        if not isinstance(auth, BaseIdentityPlugin):
            return None
        access = auth.get_access(self._session)
        known = {access.project_domain_id: access.project_domain_name, access.user_domain_id: access.user_domain_name}
        return known.get(project["domain_id"])

    @cached_property
    def _own(self) -> list[dict[str, Any]]:
        """Source: Identity API v3, ``GET /v3/auth/projects``."""
        own: list[dict[str, Any]] = self._get("/auth/projects")["projects"]
        return own

    def _look_up(self, said: str, domain: str | None) -> ProjectId | None:
        """What staff find in Keystone; None for everybody else."""
        if _ID.fullmatch(said):
            found = self._told(_BY_ID, f"/projects/{said}")
            return ProjectId(found["project"]["id"]) if found else None
        filters = {"name": said} | ({"domain_id": self._domain_id(domain)} if domain else {})
        found = self._told("by name", "/projects", params=filters)
        projects = found["projects"] if found else []
        return ProjectId(projects[0]["id"]) if len(projects) == 1 else None

    def _domain_id(self, domain: str) -> str:
        found = self._told("domains", "/domains", params={"name": domain})
        return str(found["domains"][0]["id"]) if found and found["domains"] else domain

    def _told(self, question: str, path: str, **query: Any) -> Any:
        """What Keystone tells staff; None where it does not. A question that was refused once is not asked again."""
        if question in self._refused:
            return None
        try:
            return self._get(path, **query)
        except (errors.NotThere, errors.Invalid):  # a name that no project can have: too long
            return None
        except errors.NotAllowed:
            self._refused.add(question)
            return None

    def _get(self, path: str, **query: Any) -> Any:
        with translated():
            return self._session.get(
                f"/v3{path}" if not self._is_versioned else path, endpoint_filter=self._where, **query
            ).json()

    @cached_property
    def _is_versioned(self) -> bool:
        """Whether the catalogue's endpoint has the version already, as it has in older clouds."""
        with translated():
            endpoint = self._session.get_endpoint(**self._where) or ""
        return endpoint.rstrip("/").endswith("/v3")


def _id_in(said: str) -> str | None:
    """The ID in what was said, if it is one: as other programs write it, too, in capitals or with dashes."""
    spelled = said.replace("-", "").lower()
    return spelled if _ID.fullmatch(spelled) else None
