"""The facts of the cloud for the rules. The cloud is asked for each of them once, and only if a rule asks."""

from __future__ import annotations

from guestinspect.model.fact import Fact, Provider, Unknown, once
from vscclient.images.catalogue.catalogue import load_catalogue
from vscclient.images.cloud import Cloud, cloud_errors_as_unknown
from vscclient.images.inspection.image_data import ImageData
from vscclient.images.lookup.image import image_by_id
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
    facts = _CloudFacts(cloud)
    return Facts(
        disk=data.disk,
        guest=data.guest,
        is_staff=once(lambda: cloud.has_role(settings.publishing_role)),
        project_id=once(facts.project_id),
        public_namesakes=facts.public_namesakes,
        reach_of=facts.recipients,
        property_definitions=once(lambda: load_catalogue(cloud, settings.trusted_namespaces)),
    )


class _CloudFacts:
    """The facts of a cloud; a list, and an image, is requested once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._public_images = once(self.public_images)
        self._recipients: dict[str, Provider[Recipients | None]] = {}

    def project_id(self) -> Fact[ProjectId | None]:
        """Return the project of the user."""
        project_id = self._cloud.project_id
        if project_id is None:
            raise Unknown("your project is unknown with this way of signing in")
        return Fact(project_id, "the token")

    def public_images(self) -> Fact[tuple[Image, ...]]:
        """Return all public images, hidden ones too: Glance lists either these or those."""
        public = str(Visibility.PUBLIC)
        with cloud_errors_as_unknown():
            images = [
                image
                for hidden in (False, True)
                for image in self._cloud.images.find(visibility=public, os_hidden=hidden)
            ]
            return Fact(tuple(images), "the list of public images")

    def public_namesakes(self, name: str) -> Fact[tuple[Image, ...]]:
        """Return the public images whose name is this one, or can be confused with it."""
        public = self._public_images()
        alike = (image for image in public.value if image.name is not None and are_confusable(image.name, name))
        return Fact(tuple(alike), public.location)

    def recipients(self, image_id: str) -> Fact[Recipients | None]:
        """Return the recipients of an image; None if it does not exist."""
        return self._recipients.setdefault(image_id, once(lambda: self._find_recipients(image_id)))()

    def _find_recipients(self, image_id: str) -> Fact[Recipients | None]:
        with cloud_errors_as_unknown():
            image = image_by_id(self._cloud, image_id)  # None for a text like ``..``, which no image can have as its ID
            if image is None:
                return Fact(None, _CLOUD)
            is_shared = image.visibility is Visibility.SHARED
            members = frozenset(member.id for member in self._cloud.members.of(image_id)) if is_shared else frozenset()
            return Fact(
                Recipients(visibility=image.visibility, owner=image.owner, members=members, status=image.status), _CLOUD
            )
