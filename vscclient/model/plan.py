"""What a command is about to do to one image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from vscclient.model.image import Image
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.recipients import Recipients
from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An image as it would be afterwards, beside what it is now.

    Args:
        image: The image as the plan leaves it.
        before: The image as it is; None: the plan makes it.
        members: The projects that it is shared with when the plan is done.
        members_before: The projects that it is shared with now.
        properties: The properties that the user asked for by ``--property``, as written.
        waived: Codes of the rules that the user waives.
        file: The file that the data comes from, or a copy of it; None: nobody named one.
    """

    image: Image
    before: Image | None = None
    members: tuple[NamedProject, ...] = ()
    members_before: tuple[NamedProject, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()
    file: str | None = None

    @property
    def audience(self) -> Visibility:
        """The visibility to judge by: shared with nobody, or with own projects only, counts as private."""
        visibility = self.image.visibility
        if visibility is Visibility.SHARED and all(member.resolution is Resolution.OWN for member in self.members):
            return Visibility.PRIVATE
        return visibility

    @property
    def changes_access(self) -> bool:
        """Whether somebody may see an image afterwards who may not now, or the reverse."""
        now = self.now
        return now is not None and (
            self.image.visibility is not now.image.visibility
            or self.image.owner != now.image.owner
            or _ids(self.members) != _ids(now.members)
        )

    @property
    def is_harmless(self) -> bool:
        """Whether it changes nothing of the image itself, and lets nobody in; it may take access from somebody."""
        now = self.now
        return now is not None and not self.widens and replace(self.image, visibility=now.image.visibility) == now.image

    @property
    def reach(self) -> Recipients:
        """Whom the image reaches when the plan is done."""
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
    def widens(self) -> bool:
        """Whether it lets more people in than before. A new image widens from private."""
        now = self.now
        if now is None:
            return self.audience is not Visibility.PRIVATE
        if self.audience is not now.audience:
            return self.audience.is_wider_than(now.audience)
        return self.audience is Visibility.SHARED and not _others(self.members) <= _others(self.members_before)


def _others(members: tuple[NamedProject, ...]) -> set[str]:
    """The members that are none of the user's own projects."""
    return _ids(member for member in members if member.resolution is not Resolution.OWN)


def _ids(members: Iterable[NamedProject]) -> set[str]:
    return {member.key for member in members}
