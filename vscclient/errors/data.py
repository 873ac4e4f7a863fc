"""Sending the data of an image, and deleting it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guestinspect.model.printable import printable
from vscclient.errors.root import Error


@dataclass(eq=False)
class Unfinished(Error):
    """The image is complete; a step after that failed.

    Args:
        proof: "verified", or why it is not.
    """

    image: str
    proof: str
    why: str
    finish: str

    def sentence(self) -> str:
        return f"{self.image} is uploaded, {self.proof} and private, but: {self.why}\nFinish with: {self.finish}"


@dataclass(eq=False)
class UploadFailed(Error):
    """It did not get that far that the image is good."""

    why: str
    left: str

    def sentence(self) -> str:
        return f"{self.why}\n{self.left}"


@dataclass(eq=False)
class Mismatch(Error):
    """What the cloud has is not what was sent."""

    what: str

    def sentence(self) -> str:
        return f"What arrived is not what was sent: {self.what}. Try again; if that fails too, tell the operators"


@dataclass(eq=False)
class OtherData(Error):
    """A file is not, or cannot be shown to be, the data of an image."""

    file: str
    image: str
    why: str

    def sentence(self) -> str:
        return f"{printable(self.file)} cannot be shown to be the data of {printable(self.image)}: {self.why}"


@dataclass(eq=False)
class ImportFailed(Error):
    """The cloud could not import the data."""

    why: str

    def sentence(self) -> str:
        return f"The cloud could not import the image: {self.why}"


@dataclass(eq=False)
class NotDeleted(Error):
    """Some of the images could not be deleted.

    Args:
        reasons: One for each image: "rna (ID): it is protected".
    """

    reasons: Iterable[str]

    def sentence(self) -> str:
        return "\n".join(f"Not deleted: {reason}" for reason in self.reasons)
