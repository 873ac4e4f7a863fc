"""Sharing an image, and answering one that is shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from guestinspect.model.printable import printable
from vscclient.errors.root import Error


@dataclass(eq=False)
class ForEverybody(Error):
    """A community or public image is shared with everybody, and with no project in particular."""

    exit_status: ClassVar[int] = 3
    image: str
    visibility: str
    image_id: str

    def sentence(self) -> str:
        return (
            f"{printable(self.image)} is a {self.visibility} image: everybody can use it already. "
            f"To share it with some projects only, take it back first: openstack vsc image private {self.image_id}"
        )


@dataclass(eq=False)
class NotYourProject(Error):
    """The user is not in the project."""

    said: str

    def sentence(self) -> str:
        return f"'{printable(self.said)}' is not one of your projects; only those who are in a project answer for it"


@dataclass(eq=False)
class CannotActFor(Error):
    """The credentials are for one project, and the cloud gives no token for another in exchange.

    Args:
        own: The project of the credentials.
        other: The project that was to be acted for.
        command: What to run with that project's credentials: "vsc image accept rna".
    """

    own: str
    other: str
    command: str

    def sentence(self) -> str:
        return (
            f"Your credentials belong to project {self.own} and cannot act for {self.other}. "
            f"Those of that project can, by their entry of clouds.yaml: openstack --os-cloud ENTRY {self.command}"
        )


@dataclass(eq=False)
class NotShared(Error):
    """The image is not shared with the project.

    Args:
        project: Its name and ID.
        why: What else is known of the image, as a sentence.
    """

    said: str
    project: str
    why: str = ""

    def sentence(self) -> str:
        why = self.why or (
            "What waits for your answer: openstack vsc image list --pending. "
            "If it should, give its owner the ID of your project"
        )
        return f"'{printable(self.said)}' is not shared with your project {self.project}. {why}"


@dataclass(eq=False)
class NotSharedWithAll(Error):
    """The image is complete, but some projects do not have it.

    Args:
        why: A line for each of them.
    """

    image: str
    why: str
    finish: str

    def sentence(self) -> str:
        image = printable(self.image)
        return f"{image} is complete, but could not be shared with all:\n{self.why}\nFinish with: {self.finish}"


@dataclass(eq=False)
class Partly(Error):
    """Some of the work was done, some failed.

    Args:
        what: What failed, in words.
    """

    what: str

    def sentence(self) -> str:
        return f"{self.what}\nWhen that is mended, the same command again does the rest"


@dataclass(eq=False)
class Unseen(Error):
    """The service does not tell whom an image is shared with."""

    image: str
    why: str

    def sentence(self) -> str:
        return f"The cloud does not tell who has {printable(self.image)} when it is shared: {self.why}"
