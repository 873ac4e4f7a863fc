"""Errors of an image's data: upload, verification, import and deletion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from vscclient.errors.base import Error


@dataclass(eq=False)
class FollowUpFailed(Error):
    """The image is complete; a later step failed.

    Args:
        image: ID of the image.
        verification: "verified", or the reason why it is not.
        reason: Why the later step failed.
        ending: What is there now, and how to do the rest, as sentences.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"reason", "ending"})
    image: str
    verification: str
    reason: str
    ending: str

    def sentence(self) -> str:
        return (
            f"{self.image} is uploaded and {self.verification}, but the last step failed: {self.reason}\n{self.ending}"
        )


@dataclass(eq=False)
class NotSet(Error):
    """The image is created, but the service ignored some of the requested values.

    Args:
        image: Name and ID of the image.
        fields: The fields and properties, with their values: "visibility (it is private)".
        retry: The command that requests the values again.
    """

    image: str
    fields: tuple[str, ...]
    retry: str

    def sentence(self) -> str:
        return (
            f"Not set: {', '.join(self.fields)}. The Image service accepted the request for {self.image}, "
            f"but its record does not show these values.\nTry again with: {self.retry}"
        )


@dataclass(eq=False)
class UploadFailed(Error):
    """The upload failed before the image was complete.

    Args:
        reason: Why it failed.
        outcome: What became of the unfinished image, as sentences.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"reason", "outcome"})
    reason: str
    outcome: str

    def sentence(self) -> str:
        return f"{self.reason}\n{self.outcome}"


@dataclass(eq=False)
class Mismatch(Error):
    """The received data is not the data that was sent."""

    difference: str

    def sentence(self) -> str:
        return (
            f"The received data differs from the data that was sent: {self.difference}. "
            "Try again; if it happens again, inform the cloud's operators"
        )


@dataclass(eq=False)
class DataNotVerified(Error):
    """A file is not, or cannot be verified as, the data of an image."""

    file: str
    image: str
    reason: str

    def sentence(self) -> str:
        return f"{self.file} could not be verified as the data of {self.image}: {self.reason}"


@dataclass(eq=False)
class ImportFailed(Error):
    """The cloud could not import the data."""

    reason: str

    def sentence(self) -> str:
        return f"The cloud could not import the image: {self.reason}"


@dataclass(eq=False)
class NotDeleted(Error):
    """Some of the images are not deleted, or may not be.

    Args:
        reasons: One for each image: "rna (ID): it is protected".
        unconfirmed: One for each image that may be deleted or not, since this could not be checked.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"reasons", "unconfirmed"})
    reasons: Iterable[str]
    unconfirmed: Iterable[str] = ()

    def sentence(self) -> str:
        lines = [f"Not deleted: {reason}" for reason in self.reasons]
        return "\n".join([*lines, *(f"Deletion not confirmed: {reason}" for reason in self.unconfirmed)])


class DeletionNotConfirmed(NotDeleted):
    """Other people can use the images, and the user did not agree to delete them."""

    exit_status: ClassVar[int] = 3
