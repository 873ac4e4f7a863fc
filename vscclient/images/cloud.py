"""The cloud, as a command needs it: who the user is, the images, the projects. Nothing is asked before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from keystoneauth1.access import AccessInfo
from keystoneauth1.session import Session

from guestinspect.model.fact import Fact, Unknown
from vscclient import errors
from vscclient.glance.images import ImageService
from vscclient.glance.listing import Listing
from vscclient.glance.members import MemberService
from vscclient.glance.service import Service
from vscclient.identity.error_translation import translate_errors, translate_login_errors
from vscclient.identity.projects import Projects
from vscclient.identity.token import fresh_token
from vscclient.model.project import ProjectId


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A signed-in session, and where to look.

    Args:
        image_endpoint: Where the Image service is, if the user's configuration overrides the catalogue.
    """

    session: Session
    region_name: str | None = None
    interface: str | None = None
    image_endpoint: str | None = None


class Cloud:
    """One cloud and one user.

    Args:
        connect: Signs in. Called once, when the cloud is first needed.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect

    @cached_property
    def connection(self) -> Connection:
        """The signed-in session."""
        with translate_login_errors():
            return self._connect()

    @cached_property
    def images(self) -> ImageService:
        """Images."""
        return ImageService(self.image_service)

    @cached_property
    def listing(self) -> Listing:
        """Lists of images."""
        return Listing(self.image_service)

    @cached_property
    def members(self) -> MemberService:
        """Whom images are shared with."""
        return MemberService(self.image_service)

    @cached_property
    def image_service(self) -> Service:
        """The Image service, to be asked anything."""
        return Service(self.connection.session, self._image_endpoint())

    def fresh_token(self) -> str | None:
        """A token that lasts for a long upload."""
        return fresh_token(self.connection.session)

    @cached_property
    def projects(self) -> Projects:
        """Projects, by name or ID."""
        return Projects(self.connection.session, self.connection.region_name, self.connection.interface)

    @property
    def project_id(self) -> ProjectId | None:
        """The project that the user is signed in to; None with a token that has none."""
        access = self._access
        return ProjectId(access.project_id) if access and access.project_id else None

    def has_role(self, role: str) -> Fact[bool]:
        """Whether the user has this role in the project that he is signed in to.

        Raises:
            Unknown: The way of signing in does not tell.
        """
        if self._access is None:
            raise Unknown("this way of signing in does not tell your roles")
        return Fact(role in (self._access.role_names or ()), "the token")

    @cached_property
    def _access(self) -> AccessInfo | None:
        get_access = getattr(self.connection.session.auth, "get_access", None)
        if get_access is None:
            return None
        with translate_errors():
            access: AccessInfo = get_access(self.connection.session)
        return access

    def _image_endpoint(self) -> str:
        where = self.connection
        if where.image_endpoint:
            return where.image_endpoint
        with translate_errors():
            endpoint: str | None = where.session.get_endpoint(
                service_type="image", region_name=where.region_name, interface=where.interface or "public"
            )
        if endpoint is None:
            raise errors.NotInCatalog("Image service", f"no image service in region {where.region_name}")
        return endpoint


def connection_of(manager: Any) -> Connection:
    """The connection of an ``openstack`` that is signed in (osc-lib's ``ClientManager``)."""
    return Connection(
        session=manager.session,
        region_name=manager.region_name,
        interface=manager.interface,
        image_endpoint=manager.get_configuration().get("image_endpoint_override"),
    )
