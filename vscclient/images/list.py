"""Listing images, and how the user has access to each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Any

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.project import project_id_of
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility

__all__ = ["Access", "AccessFilter", "ListedImage", "Options", "run"]


class Access(StrEnum):
    """How the user has access to an image."""

    MINE = "mine"
    PUBLIC = "public"
    SHARED = "shared"
    PENDING = "pending"
    REJECTED = "rejected"
    COMMUNITY = "community"
    ADMIN = "admin"


class AccessFilter(StrEnum):
    """A choice of images by how the user has access to them; the value is the option that makes it."""

    MINE = "--mine"
    SHARED_WITH_ME = "--shared-with-me"
    PENDING = "--pending"


_ACCESS_BY_STATUS = {
    MemberStatus.ACCEPTED: Access.SHARED,
    MemberStatus.PENDING: Access.PENDING,
    MemberStatus.REJECTED: Access.REJECTED,
}

_ADMIN = "admin"
"""The role that makes Glance show everybody's images. Source: Glance's default policy ``context_is_admin``."""

_STATUS_BY_FILTER = {AccessFilter.SHARED_WITH_ME: MemberStatus.ACCEPTED, AccessFilter.PENDING: MemberStatus.PENDING}


@dataclass(frozen=True, kw_only=True)
class Options:
    """The images to list; by default those that Glance lists for the user.

    Args:
        filters: In Glance's words; Glance applies them.
        project: Name or ID of the project that owns the images.
        project_domain: Name or ID of its domain.
        access: How the user has access to the images.
        multi_nic: List only images that declare that their guest uses several NICs.
        first: List only this many, in Glance's order, newest first; at most as many as Glance returns at once.
        at_most: List only this many, in Glance's order.
    """

    filters: Mapping[str, str | bool | list[str]] = field(default_factory=dict)
    project: str | None = None
    project_domain: str | None = None
    access: AccessFilter | None = None
    multi_nic: bool = False
    first: int | None = None
    at_most: int | None = None

    @property
    def is_filtered_here(self) -> bool:
        """Whether images that Glance lists are left out here, so that its pages do not tell how many there will be.

        Glance cannot look for a property in any spelling (``true``, ``True``), nor leave out the user's own images.
        """
        return self.multi_nic or self.access in _STATUS_BY_FILTER

    def match(self, listed: ListedImage) -> bool:
        """Check what Glance cannot filter. Some of its databases do not distinguish upper and lower case."""
        if self.multi_nic and not listed.image.multi_nic:
            return False
        status = _STATUS_BY_FILTER.get(self.access) if self.access else None
        if status and listed.access is not _ACCESS_BY_STATUS[status]:
            return False
        return self.filters.get("name") in (None, listed.image.name)


@dataclass(frozen=True, kw_only=True)
class ListedImage:
    """An image of a list."""

    image: Image
    access: Access


def run(cloud: Cloud, options: Options) -> Iterator[ListedImage]:
    """Yield the images, newest first. They are requested while they are used, a page at a time.

    Raises:
        UsageError: The options contradict each other.
        NoSuchProject: The project cannot be found.
        CloudError: The service refused the request, or did not answer.
    """
    _reject_contradictions(options)
    query = _query(cloud, options)
    resolver = _AccessResolver(cloud, query, options.access)
    if options.first is None or options.is_filtered_here:
        images = cloud.images.list_all(query, None if options.is_filtered_here else options.at_most)
    else:
        images = cloud.images.list_page(query, options.first)
    listed = (ListedImage(image=image, access=resolver.access_to(image)) for image in images)
    limits = [limit for limit in (options.first, options.at_most) if limit is not None]
    return islice((each for each in listed if options.match(each)), min(limits, default=None))


def _reject_contradictions(options: Options) -> None:
    access = options.access
    if access is AccessFilter.MINE and options.project:
        raise errors.UsageError(f"{access} and --project contradict each other")
    if access not in _STATUS_BY_FILTER:
        return
    if (visibility := options.filters.get("visibility")) not in (None, "shared", "all"):
        raise errors.UsageError(f"{access} and --{visibility} contradict each other")
    if (status := options.filters.get("member_status")) not in (None, _STATUS_BY_FILTER[access]):
        raise errors.UsageError(f"{access} and --member-status {status} contradict each other")


def _query(cloud: Cloud, options: Options) -> dict[str, Any]:
    """Return the query for Glance. An operator in a name (``in:a,b``) is part of the name."""
    query: dict[str, Any] = dict(options.filters)
    if "name" in query:
        query["name"] = f"eq:{query['name']}"
    if options.project:
        query["owner"] = project_id_of(cloud, options.project, options.project_domain)
    if options.access is AccessFilter.MINE:
        if cloud.project_id is None:
            raise errors.UsageError(
                f"{options.access}: your project is unknown with this way of signing in; name it: "
                "openstack vsc image list --project PROJECT"
            )
        return {"visibility": "all"} | query | {"owner": cloud.project_id}
    if options.access:
        query |= {"visibility": "shared", "member_status": str(_STATUS_BY_FILTER[options.access])}
    return query


class _AccessResolver:
    """Finds out how one user has access to images. A record of Glance lacks the status of the user's project."""

    def __init__(self, cloud: Cloud, query: Mapping[str, Any], access: AccessFilter | None) -> None:
        self._cloud = cloud
        self._query = query
        self._filter = access

    def access_to(self, image: Image) -> Access:
        """Return how the user has access to an image."""
        if image.owner is not None and image.owner == self._cloud.project_id:
            return Access.MINE
        if image.visibility in (Visibility.PUBLIC, Visibility.COMMUNITY):
            return Access(str(image.visibility))
        if image.visibility is Visibility.PRIVATE:
            return Access.ADMIN
        if self._is_staff:
            # Glance does not filter by the status of staff's own project
            project = self._cloud.project_id if self._filter else None
            answer = self._cloud.members.status(str(image.id), project) if project else None
            return _ACCESS_BY_STATUS[answer] if answer else Access.ADMIN
        status = self._query.get("member_status", MemberStatus.ACCEPTED)
        if status == "all":
            status = self._unaccepted.get(str(image.id), MemberStatus.ACCEPTED)
        return _ACCESS_BY_STATUS[MemberStatus(status)]

    @cached_property
    def _is_staff(self) -> bool:
        """Whether Glance shows everybody's images, whatever the status of the user's project."""
        try:
            return self._cloud.has_role(_ADMIN).value
        except Unknown:
            return False

    @cached_property
    def _unaccepted(self) -> dict[str, MemberStatus]:
        """The shared images that the user's project has not accepted: one more list for each status."""
        query = {name: value for name, value in self._query.items() if name != "marker"} | {"visibility": "shared"}
        return {
            str(image.id): status
            for status in (MemberStatus.PENDING, MemberStatus.REJECTED)
            for image in self._cloud.images.list_all(query | {"member_status": str(status)})
        }
