"""What is true of the cloud, for the rules to ask: each thing is asked of it once, and only if a rule wants to know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from guestinspect.model.fact import Fact, Provider, Unknown, once
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.inspection.image_data import ImageData
from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.project import ProjectId
from vscclient.model.recipients import Recipients
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.confusable import are_confusable


def facts_of(cloud: Cloud, data: ImageData, settings: Settings) -> Facts:
    """Everything that a rule may ask for, of a user who is signed in.

    Args:
        data: What is known of the disk, and of the guest on it.
        settings: Name the publishing role.
    """
    return Facts(
        disk=data.disk,
        guest=data.guest,
        is_staff=once(lambda: cloud.has_role(settings.publishing_role)),
        project_id=once(lambda: _project_id(cloud)),
        public_namesakes=_PublicNames(cloud).like,
        reach_of=_Reaches(cloud).of,
    )


class _PublicNames:
    """The names of the public images, listed once."""

    def __init__(self, cloud: Cloud) -> None:
        self._public = once(lambda: _public(cloud))

    def like(self, name: str) -> Fact[tuple[Image, ...]]:
        """The public images whose name is this one, or can be taken for it."""
        public = self._public()
        alike = (image for image in public.value if image.name is not None and are_confusable(image.name, name))
        return Fact(tuple(alike), public.location)


class _Reaches:
    """Whom other images reach, each asked for once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._known: dict[str, Provider[Recipients | None]] = {}

    def of(self, image_id: str) -> Fact[Recipients | None]:
        """Whom the image with this ID reaches."""
        return self._known.setdefault(image_id, once(lambda: _reach(self._cloud, image_id)))()


def _project_id(cloud: Cloud) -> Fact[ProjectId | None]:
    project_id = cloud.project_id
    if project_id is None:
        raise Unknown("your project is unknown with this way of signing in")
    return Fact(project_id, "the token")


def _public(cloud: Cloud) -> Fact[tuple[Image, ...]]:
    with _telling():
        return Fact(tuple(cloud.images.find(visibility=str(Visibility.PUBLIC))), "the list of public images")


def _reach(cloud: Cloud, image_id: str) -> Fact[Recipients | None]:
    with _telling():
        try:
            image = cloud.images.get(image_id)
        except errors.NotFound:
            return Fact(None, "the cloud")
        is_shared = image.visibility is Visibility.SHARED
        members = frozenset(member.id for member in cloud.members.of(image_id)) if is_shared else frozenset()
        return Fact(Recipients(visibility=image.visibility, owner=image.owner, members=members), "the cloud")


@contextmanager
def _telling() -> Iterator[None]:
    """What the cloud does not tell is unknown. (Who the user is, it has to tell: nothing goes on without.)"""
    try:
        yield
    except errors.CloudError as refusal:
        raise Unknown(str(refusal)) from refusal
