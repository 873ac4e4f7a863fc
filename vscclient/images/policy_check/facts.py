"""The facts of the cloud for the rules. The cloud is asked for each of them once, and only if a rule asks."""

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

_CLOUD = "the cloud"


def make_facts(cloud: Cloud, data: ImageData, settings: Settings) -> Facts:
    """Return the facts for a user who is signed in.

    Args:
        cloud: The user's cloud.
        data: The data of the image: its disk, and the guest on it.
        settings: The settings, with the publishing role.
    """
    return Facts(
        disk=data.disk,
        guest=data.guest,
        is_staff=once(lambda: cloud.has_role(settings.publishing_role)),
        project_id=once(lambda: _project_id(cloud)),
        public_namesakes=_PublicImages(cloud).namesakes,
        reach_of=_OtherImages(cloud).recipients,
    )


class _PublicImages:
    """The public images, listed once."""

    def __init__(self, cloud: Cloud) -> None:
        self._public = once(lambda: _list_public(cloud))

    def namesakes(self, name: str) -> Fact[tuple[Image, ...]]:
        """Return the public images whose name is this one, or can be confused with it."""
        public = self._public()
        alike = (image for image in public.value if image.name is not None and are_confusable(image.name, name))
        return Fact(tuple(alike), public.location)


class _OtherImages:
    """The recipients of other images, each asked for once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._known: dict[str, Provider[Recipients | None]] = {}

    def recipients(self, image_id: str) -> Fact[Recipients | None]:
        """Return the recipients of an image; None if it does not exist."""
        return self._known.setdefault(image_id, once(lambda: _find_recipients(self._cloud, image_id)))()


def _project_id(cloud: Cloud) -> Fact[ProjectId | None]:
    project_id = cloud.project_id
    if project_id is None:
        raise Unknown("your project is unknown with this way of signing in")
    return Fact(project_id, "the token")


def _list_public(cloud: Cloud) -> Fact[tuple[Image, ...]]:
    with _cloud_errors_as_unknown():
        return Fact(tuple(cloud.images.find(visibility=str(Visibility.PUBLIC))), "the list of public images")


def _find_recipients(cloud: Cloud, image_id: str) -> Fact[Recipients | None]:
    with _cloud_errors_as_unknown():
        try:
            image = cloud.images.get(image_id)
        except errors.NotFound:
            return Fact(None, _CLOUD)
        is_shared = image.visibility is Visibility.SHARED
        members = frozenset(member.id for member in cloud.members.of(image_id)) if is_shared else frozenset()
        return Fact(Recipients(visibility=image.visibility, owner=image.owner, members=members), _CLOUD)


@contextmanager
def _cloud_errors_as_unknown() -> Iterator[None]:
    """Make a fact unknown that the cloud does not tell. An unknown user is an error: nothing works without one."""
    try:
        yield
    except errors.CloudError as refusal:
        raise Unknown(str(refusal)) from refusal
