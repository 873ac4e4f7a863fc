"""A plan: the change that a command is about to make to one image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from vscclient.model.image import DEACTIVATED, Image
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.visibility import Recipients, Visibility


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An image as the plan leaves it, and as it is now.

    Args:
        image: The image as the plan leaves it.
        before: The image as it is now; None: the plan makes it.
        members: The projects that the image is shared with when the plan is done.
        members_before: The projects that the image is shared with now.
        properties: The properties that the user set by name, as written.
        waived: Codes of the rules that the user waives.
        own_projects: IDs of the members that are the user's own projects; they do not count as other people. None: not
            known, as on a server; then every member counts.
    """

    image: Image
    before: Image | None = None
    members: tuple[NamedProject, ...] = ()
    members_before: tuple[NamedProject, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()
    own_projects: frozenset[str] | None = None

    @property
    def audience(self) -> Visibility:
        """The visibility to check by: an image shared with nobody, or with own projects only, counts as private."""
        visibility = self.image.visibility
        if visibility is Visibility.SHARED and not self._others(self.members):
            return Visibility.PRIVATE
        return visibility

    @property
    def changes_access(self) -> bool:
        """True if somebody gains or loses access to an image that exists already."""
        now = self.now
        return now is not None and (
            self.image.visibility is not now.image.visibility
            or self.image.owner != now.image.owner
            or _ids(self.members) != _ids(now.members)
        )

    @property
    def claims(self) -> frozenset[str]:
        """The new values of the plan: a name, changed properties, and ``min_disk`` if it becomes less."""
        if self.before is None:
            return frozenset()
        old, new = self.before.properties, self.image.properties
        claims = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        if self.image.name != self.before.name:
            claims.add("name")
        if self.image.min_disk_gib < self.before.min_disk_gib:
            claims.add("min_disk")
        return frozenset(claims)

    @property
    def has_data(self) -> bool:
        """True if the image has its data in the cloud already: the data and the formats cannot be changed any more."""
        return self.before is not None and self.before.status != "queued"

    @property
    def keeps_image(self) -> bool:
        """True if the plan changes nothing of an image but who can see it, and does not widen."""
        now = self.now
        return now is not None and not self.widens and replace(self.image, visibility=now.image.visibility) == now.image

    @property
    def may_readmit_members(self) -> bool:
        """True if projects may regain access that Glance does not list before, and that no rule has checked."""
        was_private = self.before is not None and self.before.visibility is Visibility.PRIVATE
        return was_private and self.image.visibility is Visibility.SHARED

    @property
    def may_have_unlisted_members(self) -> bool:
        """True if an image becomes ``shared`` that was not: Glance lists its earlier members only then."""
        now = self.before.visibility if self.before else Visibility.SHARED
        return now is not Visibility.SHARED and self.image.visibility is Visibility.SHARED

    @property
    def only_narrows(self) -> bool:
        """True if the plan keeps the image and admits nobody, not even an own project.

        To make a private image ``shared`` is not narrowing: Glance admits the members again that the image had before,
        and shows them only then.
        """
        now = self.now
        return (
            self.keeps_image
            and now is not None
            and now.reach.covers(self.reach)
            and not self.image.visibility.is_wider_than(now.image.visibility)
        )

    @property
    def removed_waivers(self) -> frozenset[str]:
        """The codes that the plan removes from the waivers of the image, without waiving them anew."""
        return self.before.waived - self.image.waived - self.waived if self.before else frozenset()

    @property
    def reach(self) -> Recipients:
        """The recipients of the image when the plan is done."""
        return Recipients(
            visibility=self.image.visibility, owner=self.image.owner, members=frozenset(_ids(self.members))
        )

    @property
    def now(self) -> Plan | None:
        """The plan that changes nothing, to find the flaws that the image has already; None for a new image."""
        if self.before is None:
            return None
        return replace(self, image=self.before, members=self.members_before, properties={})

    @property
    def reactivates(self) -> bool:
        """True if the data of the image, which nobody could read, can be read again."""
        return self.before is not None and (self.before.status, self.image.status) == (DEACTIVATED, "active")

    @property
    def widens(self) -> bool:
        """True if more people can use the image than before, or if others can read its data again."""
        return self.widens_audience or (self.reactivates and self.audience is not Visibility.PRIVATE)

    @property
    def widens_audience(self) -> bool:
        """True if the plan admits more people than before. A new image widens from private."""
        now = self.now
        if now is None:
            return self.audience is not Visibility.PRIVATE
        if self.audience is not now.audience:
            return self.audience.is_wider_than(now.audience)
        return self.audience is Visibility.SHARED and not self._others(self.members) <= self._others(
            self.members_before
        )

    @property
    def relies_on_own_projects(self) -> bool:
        """True if a server, which does not know the user's own projects, would check the plan more strictly."""
        strict = replace(self, own_projects=None)
        return (self.audience, self.widens) != (strict.audience, strict.widens)

    def _others(self, members: Iterable[NamedProject]) -> set[str]:
        return _ids(members) - (self.own_projects or frozenset())


def own_projects(projects: Iterable[NamedProject]) -> frozenset[str]:
    """Return the IDs of the user's own projects, for a ``Plan``: a client knows them, a server does not."""
    return frozenset(project.key for project in projects if project.resolution is Resolution.OWN)


def _ids(members: Iterable[NamedProject]) -> set[str]:
    return {member.key for member in members}
