"""Errors of sharing an image, and of answering an offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vscclient.errors.base import Error


@dataclass(eq=False)
class OpenToEverybody(Error):
    """A community or public image has no members: everybody can use it."""

    exit_status: ClassVar[int] = 3
    image: str
    visibility: str
    image_id: str

    def sentence(self) -> str:
        return (
            f"{self.image} is a {self.visibility} image: everybody can already use it. "
            f"To share it with some projects only, make it private first: openstack vsc image private {self.image_id}"
        )


@dataclass(eq=False)
class NotYourProject(Error):
    """The user has no role in the project."""

    name: str

    def sentence(self) -> str:
        return f"'{self.name}' is not one of your projects; only users of a project can answer for it"


@dataclass(eq=False)
class CannotActFor(Error):
    """The credentials are for one project, and the cloud does not exchange them for a token of another.

    Args:
        own: The project of the credentials.
        other: The project that should act.
        command: The command to run with that project's credentials: "vsc image accept rna".
    """

    own: str
    other: str
    command: str

    def sentence(self) -> str:
        return (
            f"Your credentials belong to project {self.own} and cannot act for {self.other}. "
            f"Use the entry of that project in clouds.yaml: openstack --os-cloud ENTRY {self.command}"
        )


@dataclass(eq=False)
class NotShared(Error):
    """The image is not shared with the project.

    Args:
        name: The image as the user named it.
        project: Name and ID of the project.
        reason: What else is known about the image, as a sentence.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"reason"})
    name: str
    project: str
    reason: str = ""

    def sentence(self) -> str:
        reason = self.reason or (
            "Pending offers: openstack vsc image list --pending. If it should be shared, give its owner your project ID"
        )
        return f"'{self.name}' is not shared with your project {self.project}. {reason}"


@dataclass(eq=False)
class NotSharedWithAll(Error):
    """The image is complete, but some projects have no access, or may have none.

    Args:
        image: Name of the image.
        is_known: True if all of these projects have no access; False if that could not be checked.
        reasons: A line for each of these projects.
        finish: The command that shares the image with them.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"reasons"})
    image: str
    is_known: bool
    reasons: str
    finish: str

    def sentence(self) -> str:
        verb = "could" if self.is_known else "may"
        return (
            f"{self.image} is complete, but {verb} not be shared with all projects:\n"
            f"{self.reasons}\nFinish with: {self.finish}"
        )


@dataclass(eq=False)
class PartialFailure(Error):
    """Some of the work is done, some failed.

    Args:
        failures: The failed work, in words.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"failures"})
    failures: str

    def sentence(self) -> str:
        return f"{self.failures}\nWhen the cause is fixed, run the same command again to finish"


@dataclass(eq=False)
class MembersUnknown(Error):
    """The service does not list the members of an image."""

    image: str
    reason: str

    def sentence(self) -> str:
        return f"The members of {self.image} are unknown: {self.reason}"
