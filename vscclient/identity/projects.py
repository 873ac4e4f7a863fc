"""Projects: the user's own, and those that a command names."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from keystoneauth1.access import AccessInfo
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session

from vscclient import errors
from vscclient.identity.error_translation import SERVICE, translate_errors
from vscclient.model.project import NamedProject, ProjectId, Resolution

LOG = logging.getLogger(__name__)

_ID = re.compile(r"[0-9a-f]{32}")
"""Keystone's IDs have 32 hexadecimal digits (``uuid4().hex``)."""

_BY_ID = "projects by ID"
_BY_NAME = "projects by name"

_ACCESS_RULES = "access rules keep these credentials from it"
"""The reason of a refusal. Keystone gives none."""


@dataclass(frozen=True)
class _Project:
    """A project as Keystone describes it."""

    id: str
    name: str
    domain_id: str | None


class Projects:
    """Projects, as far as one signed-in user may look them up.

    An ordinary user may only list the own projects: ``GET /v3/projects?name=`` is answered with 403, whether such a
    project exists or not. Staff may look up any project. An application credential with access rules for the Image
    service may look up nothing: IDs work, and the only own project is that of the token.
    """

    def __init__(self, session: Session, region_name: str | None, interface: str | None) -> None:
        self._session = session
        self._endpoint: dict[str, Any] = {
            "service_type": "identity",
            "region_name": region_name,
            "interface": interface,
        }
        self._refused: set[str] = set()

    def resolve(self, name_or_id: str, domain: str | None = None) -> NamedProject:
        """Return the project with a name or ID.

        Args:
            name_or_id: As the user gave it.
            domain: Name or ID of its domain, for a name that several domains have.

        Raises:
            AmbiguousProject: Several own projects have the name.
        """
        if not name_or_id.strip():
            return NamedProject(label=name_or_id, project_id=None, resolution=Resolution.UNRESOLVED)
        own = [project for project in self._own if self._matches(project, name_or_id, domain)]
        project_id = _as_id(name_or_id)
        if len(own) > 1:
            raise errors.AmbiguousProject(name_or_id)
        if own:
            return NamedProject(label=name_or_id, project_id=ProjectId(own[0].id), resolution=Resolution.OWN)
        looked_up = self._look_up(project_id or name_or_id, domain)
        if looked_up:
            return NamedProject(label=name_or_id, project_id=looked_up, resolution=Resolution.LOOKED_UP)
        if project_id is None:
            return NamedProject(label=name_or_id, project_id=None, resolution=Resolution.UNRESOLVED)
        if _BY_ID not in self._refused:  # staff may ask, and there is none
            return NamedProject(label=name_or_id, project_id=None, resolution=Resolution.ABSENT)
        return NamedProject(label=name_or_id, project_id=ProjectId(project_id), resolution=Resolution.UNVERIFIED)

    def from_member_id(self, member_id: str) -> NamedProject:
        """Return the project of a member as the Image service stores it, which may be any text.

        Nothing is looked up: an image can have a hundred members.
        """
        own = [project.name for project in self._own if project.id == member_id]
        if own:
            return NamedProject(label=own[0], project_id=ProjectId(member_id), resolution=Resolution.OWN)
        if _ID.fullmatch(member_id):
            return NamedProject(label=member_id, project_id=ProjectId(member_id), resolution=Resolution.UNVERIFIED)
        return NamedProject(label=member_id, project_id=None, resolution=Resolution.UNRESOLVED)

    @property
    def listed(self) -> dict[str, str]:
        """The names of the user's own projects by ID; none if they were not needed: it sends no request."""
        own: list[_Project] = vars(self).get("_own", [])
        return {project.id: project.name for project in own}

    def name_of(self, project_id: str) -> str | None:
        """Return the name of an own project and, for staff, of any project; None if it is unknown.

        After the first refusal nothing more is looked up: an image can have a hundred members.
        """
        for project in self._own:
            if project.id == project_id:
                return project.name
        if not _ID.fullmatch(project_id):
            return None
        found = self._staff_get(_BY_ID, f"/projects/{project_id}")
        with translate_errors():
            return _project_of(found["project"]).name if found else None

    def _matches(self, project: _Project, name_or_id: str, domain: str | None) -> bool:
        """Check whether a name or ID means this project.

        Only the token has names of domains: an ordinary user may not look them up.
        """
        project_id = _as_id(name_or_id)
        if project_id or project.id == name_or_id:  # a project that is called like the ID of another is not that one
            return project.id in (name_or_id, project_id)
        names: dict[str | None, str | None] = {}
        if domain and (access := self._access):
            names[access.project_domain_id] = access.project_domain_name
            names[access.user_domain_id] = access.user_domain_name
        return name_or_id == project.name and domain in (None, project.domain_id, names.get(project.domain_id))

    @cached_property
    def _access(self) -> AccessInfo | None:
        """The contents of the token; None if this way of signing in does not tell them."""
        auth = self._session.auth
        if not isinstance(auth, BaseIdentityPlugin):
            return None
        with translate_errors():
            return auth.get_access(self._session)

    @cached_property
    def _services(self) -> frozenset[str] | None:
        """The services that the credentials are for; None: all, since they have no access rules.

        Source: Identity API v3.13, «Application Credentials», access rules.
        """
        rules = getattr(self._access, "application_credential_access_rules", None)
        return None if rules is None else frozenset(str(rule.get("service")) for rule in rules)

    @cached_property
    def _own(self) -> list[_Project]:
        """The user's own projects; that of the token, if Keystone does not list them.

        Source: Identity API v3, ``GET /v3/auth/projects``.
        """
        try:
            answer = self._get("/auth/projects")
        except errors.NotAllowed:
            access = self._access
            if access is None or access.project_id is None:
                return []
            return [_Project(access.project_id, access.project_name or "", access.project_domain_id)]
        with translate_errors():
            return [_project_of(record) for record in answer["projects"]]

    def _look_up(self, name_or_id: str, domain: str | None) -> ProjectId | None:
        """Return the ID of a project that staff find in Keystone; None for everybody else."""
        if _ID.fullmatch(name_or_id):
            found = self._staff_get(_BY_ID, f"/projects/{name_or_id}")
            with translate_errors():
                return ProjectId(_project_of(found["project"]).id) if found else None
        filters = {"name": name_or_id}
        if domain:
            found = self._staff_get("domains", "/domains", params={"name": domain})
            with translate_errors():
                filters["domain_id"] = str(found["domains"][0]["id"]) if found and found["domains"] else domain
        found = self._staff_get(_BY_NAME, "/projects", params=filters)
        with translate_errors():
            projects = [_project_of(record) for record in found["projects"]] if found else []
        return ProjectId(projects[0].id) if len(projects) == 1 else None

    def _staff_get(self, kind: str, path: str, **query: Any) -> Any:
        """Return Keystone's answer to staff; None if there is none.

        Args:
            kind: Of the request. After one refusal, no request of this kind is sent.
            path: Below ``/v3``.
            query: Options of the request.
        """
        if kind in self._refused:
            return None
        try:
            return self._get(path, **query)
        except (errors.NotFound, errors.InvalidRequest):  # a name that no project can have: too long
            return None
        except errors.NotAllowed:
            self._refused.add(kind)
            if kind == _BY_NAME and self._services is not None:
                LOG.warning("Access rules keep these credentials from looking up project names: use IDs of projects")
            return None

    def _get(self, path: str, **query: Any) -> Any:
        if self._services is not None and "identity" not in self._services:
            raise errors.NotAllowed(SERVICE, _ACCESS_RULES)
        url = path if self._is_versioned else f"/v3{path}"
        try:
            with translate_errors():
                return self._session.get(url, endpoint_filter=self._endpoint, **query).json()
        except errors.NotSignedIn:
            if self._services is None:
                raise
            raise errors.NotAllowed(SERVICE, _ACCESS_RULES) from None  # Keystone says 401 for what no rule allows

    @cached_property
    def _is_versioned(self) -> bool:
        """True if the catalogue's endpoint ends with the version, as in older clouds."""
        with translate_errors():
            endpoint = self._session.get_endpoint(**self._endpoint) or ""
        return endpoint.rstrip("/").endswith("/v3")


def _project_of(record: Any) -> _Project:
    """Return the project of a record. Source: Identity API v3, «Projects»."""
    project = _Project(record["id"], record["name"], record.get("domain_id"))
    if not (isinstance(project.id, str) and isinstance(project.name, str)):
        raise TypeError
    return project


def _as_id(text: str) -> str | None:
    """Return the text as a project ID; None if it is not one. Other programs write IDs in capitals or with dashes."""
    digits = text.replace("-", "").lower()
    return digits if _ID.fullmatch(digits) else None
