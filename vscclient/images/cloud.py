"""The user's cloud: its images, its projects, and who the user is. The first request signs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from keystoneauth1.access import AccessInfo
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session

from guestinspect.model.fact import Fact, Unknown
from vscclient import errors
from vscclient.glance.client import Service
from vscclient.glance.images import ImageService
from vscclient.glance.members import MemberService
from vscclient.identity.error_translation import FAILURES, error_of
from vscclient.identity.login import LOGIN_FAILURES, login_error_of
from vscclient.identity.projects import Projects
from vscclient.images.inspection.own_files import DatedEntries
from vscclient.model.image import Image
from vscclient.model.project import ProjectId
from vscclient.model.visibility import Visibility
from vscclient.transport.answers import guard_answers

_FRESH_S = 300.0
"""A login of the last minutes, in seconds, is not repeated: a one-time passcode cannot be used twice."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A signed-in session, and the place of the services.

    Args:
        image_endpoint: Address of the Image service, if the user's configuration overrides the catalogue.
    """

    session: Session
    region_name: str | None = None
    interface: str | None = None
    image_endpoint: str | None = None


class Cloud:
    """One cloud for one user.

    Args:
        connect: Signs in; called once, before the first request.
        names: Keeps the names that commands show, for Tab completion.
    """

    def __init__(self, connect: Callable[[], Connection], names: DatedEntries | None = None) -> None:
        self._connect = connect
        self._names = names

    @cached_property
    def connection(self) -> Connection:
        """The signed-in session."""
        try:
            return self._connect()
        except LOGIN_FAILURES as failure:
            raise login_error_of(failure) from failure

    @cached_property
    def images(self) -> ImageService:
        """The images."""
        return ImageService(self.image_service)

    @cached_property
    def members(self) -> MemberService:
        """The members of images."""
        return MemberService(self.image_service)

    @cached_property
    def image_service(self) -> Service:
        """The Image service, for any request: at the address of the user's configuration, else of the catalogue."""
        connection = self.connection
        endpoint = connection.image_endpoint
        if not endpoint:
            try:
                endpoint = connection.session.get_endpoint(
                    service_type="image", region_name=connection.region_name, interface=connection.interface or "public"
                )
            except FAILURES as failure:
                raise login_error_of(failure) from failure
        if endpoint is None:
            raise errors.NotInCatalog("Image service", f"no image service in region {connection.region_name}")
        return Service(connection.session, endpoint)

    def fresh_token(self) -> str | None:
        """Return a token that was issued in the last minutes, so that it lasts for a long upload."""
        session = self.connection.session
        try:
            auth = session.auth
            if isinstance(auth, BaseIdentityPlugin):
                issued = auth.get_access(session).issued
                if issued and (datetime.now(UTC) - issued).total_seconds() > _FRESH_S:
                    auth.invalidate()
            token: str | None = session.get_token()
        except LOGIN_FAILURES as failure:
            raise login_error_of(failure) from failure
        return token

    @cached_property
    def projects(self) -> Projects:
        """The projects, by name or ID."""
        return Projects(self.connection.session, self.connection.region_name, self.connection.interface)

    def keep_names(self, **sections: Mapping[str, Any]) -> None:
        """Keep names for Tab completion, and those of the user's projects if Keystone has listed them.

        Args:
            sections: The names by ID, or other values, by the section of ``vscclient.images.candidates.names``.
        """
        if self._names:
            projects = self.projects.listed if "projects" in vars(self) else {}
            self._names.add({"projects": projects, **sections})

    def keep_name_of(self, image: Image, name_or_id: str) -> None:
        """Keep the name of an image that was found by this name or ID."""
        access = str(image.visibility)
        try:
            if image.owner is not None and image.owner == self.project_id:
                access = "mine"
            elif image.visibility is not Visibility.PUBLIC and name_or_id != image.name:
                access = ""  # its name may find nothing
            self.keep_names(images={str(image.id): (image.name or "", access)})
        except errors.CloudError:
            return  # an odd token is an error only where the project counts

    @property
    def project_id(self) -> ProjectId | None:
        """The project that the user is signed in to; None if the token has no project."""
        access = self._access
        return ProjectId(access.project_id) if access and access.project_id else None

    @property
    def user_id(self) -> str | None:
        """The ID of the user; None if this way of signing in does not tell it."""
        return self._access.user_id if self._access else None

    def has_role(self, role: str) -> Fact[bool]:
        """Check whether the user has this role in the project that he is signed in to.

        Raises:
            Unknown: This way of signing in does not tell the roles.
        """
        if self._access is None:
            raise Unknown("your roles are unknown with this way of signing in")
        return Fact(role in (self._access.role_names or ()), "the token")

    @cached_property
    def _access(self) -> AccessInfo | None:
        get_access = getattr(self.connection.session.auth, "get_access", None)
        if get_access is None:
            return None
        try:
            access: AccessInfo = get_access(self.connection.session)
            _ = access.project_id, access.role_names  # an odd token is an error here, and not where it is used
        except FAILURES as failure:
            raise error_of(failure) from failure
        return access


def connection_of(manager: Any) -> Connection:
    """Return the connection of an ``openstack`` that is signed in (osc-lib's ``ClientManager``)."""
    guard_answers(manager.session, "Identity service")  # commands did it before the login, other callers did not
    return Connection(
        session=manager.session,
        region_name=manager.region_name,
        interface=manager.interface,
        image_endpoint=manager.get_configuration().get("image_endpoint_override"),
    )


@contextmanager
def cloud_errors_as_unknown() -> Iterator[None]:
    """Make what the cloud does not return unknown, for the reason that its error gives."""
    try:
        yield
    except errors.CloudError as refusal:
        raise Unknown(str(refusal)) from refusal
