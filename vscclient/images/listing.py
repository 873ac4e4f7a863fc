"""Listing images, and how the user comes to each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Any

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images import validation
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility

__all__ = ["Access", "Listed", "Options", "Whose", "run"]


class Access(StrEnum):
    """How the user comes to an image."""

    MINE = "mine"
    PUBLIC = "public"
    SHARED = "shared"
    PENDING = "pending"
    REJECTED = "rejected"
    COMMUNITY = "community"
    STAFF = "staff"


class Whose(StrEnum):
    """Which of the images, by how the user comes to them; each is the option that says so."""

    MINE = "--mine"
    SHARED_WITH_ME = "--shared-with-me"
    PENDING = "--pending"


_ANSWERS = {
    MemberStatus.ACCEPTED: Access.SHARED,
    MemberStatus.PENDING: Access.PENDING,
    MemberStatus.REJECTED: Access.REJECTED,
}

_ADMIN = "admin"
"""The role that makes Glance show everybody's images. Source: Glance's default policy ``context_is_admin``."""

_STATUSES = {Whose.SHARED_WITH_ME: MemberStatus.ACCEPTED, Whose.PENDING: MemberStatus.PENDING}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to list; all that the user may see in the ordinary way, unless something is said.

    Args:
        filters: In Glance's words; it chooses.
        project: The name or ID of the project that owns the images.
        project_domain: The name or ID of its domain.
        whose: How the user comes to the images.
        multi_nic: Only images that say that the guest uses several NICs.
        first: Only the first so many, in Glance's order, newest first; never more than Glance gives at once.
        at_most: Only so many, in Glance's order.
    """

    filters: Mapping[str, str | bool | list[str]] = field(default_factory=dict)
    project: str | None = None
    project_domain: str | None = None
    whose: Whose | None = None
    multi_nic: bool = False
    first: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An image of a list."""

    image: Image
    access: Access


def run(cloud: Cloud, options: Options) -> Iterator[Listed]:
    """The images, newest first. They are asked for while they are used, a page at a time.

    Raises:
        Usage: The options contradict each other.
        NoSuchProject: Nobody could resolve the project's name.
        CloudError: The service said no, or nothing.
    """
    _reject_texts(options)
    _reject_contradictions(options)
    query = _query(cloud, options)
    point_of_view = _PointOfView(cloud, query, options.whose)
    listed = (Listed(image=image, access=point_of_view.access(image)) for image in _images(cloud, query, options))
    return islice((each for each in listed if _is_meant(each, options)), _count(options))


def _reject_texts(options: Options) -> None:
    for said in (*options.filters.values(), options.project or "", options.project_domain or ""):
        validation.reject_texts(*(said if isinstance(said, list) else [str(said)]))


def _reject_contradictions(options: Options) -> None:
    whose, said = options.whose, options.filters
    if whose is Whose.MINE and options.project:
        raise errors.Usage(f"{whose} and --project contradict each other")
    if whose not in _STATUSES:
        return
    if (visibility := said.get("visibility")) not in (None, "shared", "all"):
        raise errors.Usage(f"{whose} and --{visibility} contradict each other")
    if (status := said.get("member_status")) not in (None, _STATUSES[whose]):
        raise errors.Usage(f"{whose} and --member-status {status} contradict each other")


def _query(cloud: Cloud, options: Options) -> dict[str, Any]:
    """What to ask Glance. An operator in a name (``in:a,b``) is part of the name."""
    query: dict[str, Any] = dict(options.filters)
    if "name" in query:
        query["name"] = f"eq:{query['name']}"
    if options.project:
        query["owner"] = _project(cloud, options.project, options.project_domain)
    if options.whose is Whose.MINE:
        query = {"visibility": "all"} | query | {"owner": _my_project(cloud)}
    elif options.whose:
        query |= {"visibility": "shared", "member_status": str(_STATUSES[options.whose])}
    return query


def _project(cloud: Cloud, said: str, domain: str | None) -> str:
    named = cloud.projects.named(said, domain)
    if named.project_id is None:
        raise errors.NoSuchProject(said)
    return named.project_id


def _my_project(cloud: Cloud) -> str:
    if cloud.project_id is None:
        raise errors.Usage(f"{Whose.MINE}: this way of signing in does not tell your project; name it with --project")
    return cloud.project_id


def _images(cloud: Cloud, query: dict[str, Any], options: Options) -> Iterator[Image]:
    if _chooses_here(options):
        return cloud.listing.all(query)
    if options.first is not None:
        return cloud.listing.first(query, options.first)
    return cloud.listing.all(query, options.at_most)


def _chooses_here(options: Options) -> bool:
    """Whether Glance cannot choose, so that pages do not tell how many images there will be.

    It cannot look for a property in any spelling (``true``, ``True``), nor leave my own images out.
    """
    return options.multi_nic or options.whose in _STATUSES


def _count(options: Options) -> int | None:
    counts = [count for count in (options.first, options.at_most) if count is not None]
    return min(counts, default=None)


def _is_meant(listed: Listed, options: Options) -> bool:
    """What Glance could not choose. Some of its databases do not tell upper from lower case."""
    if options.multi_nic and not listed.image.multi_nic:
        return False
    if options.whose in _STATUSES and listed.access is not _ANSWERS[_STATUSES[options.whose]]:
        return False
    return options.filters.get("name") in (None, listed.image.name)


class _PointOfView:
    """How one user comes to images. A record of Glance does not tell what the user's project said to a shared image."""

    def __init__(self, cloud: Cloud, query: Mapping[str, Any], whose: Whose | None) -> None:
        self._cloud = cloud
        self._query = query
        self._whose = whose

    def access(self, image: Image) -> Access:
        """How the user comes to it."""
        if image.owner is not None and image.owner == self._cloud.project_id:
            return Access.MINE
        if image.visibility in (Visibility.PUBLIC, Visibility.COMMUNITY):
            return Access(str(image.visibility))
        if image.visibility is Visibility.PRIVATE:
            return Access.STAFF
        return self._shared(image)

    def _shared(self, image: Image) -> Access:
        if self._is_staff:
            return self._asked_for(image) if self._whose else Access.STAFF
        status = self._query.get("member_status", MemberStatus.ACCEPTED)
        if status != "all":
            return _ANSWERS[MemberStatus(status)]
        return _ANSWERS[self._not_accepted.get(str(image.id), MemberStatus.ACCEPTED)]

    @cached_property
    def _is_staff(self) -> bool:
        """Whether Glance shows everybody's images, whatever the user's project said to them."""
        try:
            return self._cloud.has_role(_ADMIN).value
        except Unknown:
            return False

    def _asked_for(self, image: Image) -> Access:
        """What is said of one image. Glance does not choose by that for staff."""
        project = self._cloud.project_id
        status = self._cloud.members.status(str(image.id), project) if project else None
        return _ANSWERS[status] if status else Access.STAFF

    @cached_property
    def _not_accepted(self) -> dict[str, MemberStatus]:
        query = {name: value for name, value in self._query.items() if name != "marker"} | {"visibility": "shared"}
        return {
            str(image.id): status
            for status in (MemberStatus.PENDING, MemberStatus.REJECTED)
            for image in self._cloud.listing.all(query | {"member_status": str(status)})
        }
