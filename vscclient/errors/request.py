"""Errors of the user's request: it makes no sense, or names something that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from vscclient.errors.base import Error


@dataclass(eq=False)
class UsageError(Error):
    """The options do not fit together, or a value is impossible."""

    exit_status: ClassVar[int] = 2
    problem: str

    def sentence(self) -> str:
        return self.problem


@dataclass(eq=False)
class UnusableFile(Error):
    """The file cannot be read."""

    path: str
    reason: str

    def sentence(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(eq=False)
class MissingCredentials(Error):
    """The user gave no credentials, or not all of them.

    Args:
        reason: The missing value.
        advice: The next step, if more is known than for any missing value.
    """

    reason: str
    advice: str = ""

    def sentence(self) -> str:
        advice = self.advice or "Source your openrc file, or name an entry of clouds.yaml with --os-cloud"
        return f"Not signed in: {self.reason}. {advice}"


@dataclass(eq=False)
class UnusableTlsFile(Error):
    """A file with certificates cannot be used.

    Args:
        content: What the file should contain: "certificates of authorities".
        path: Its path.
        setting: What names it: "OS_CACERT".
        reason: Why it cannot be used.
    """

    content: str
    path: str
    setting: str
    reason: str

    def sentence(self) -> str:
        return (
            f"The file with the {self.content}, {self.path}, cannot be used: {self.reason}. "
            f"It is named by {self.setting}: correct the path there, or remove it"
        )


@dataclass(eq=False)
class NoSuchImage(Error):
    """No image that is searched for names has this name or ID.

    Args:
        name: The name or ID that was given.
        hint: Lines about images of other projects with this name; empty: there are none.
    """

    composed: ClassVar[frozenset[str]] = frozenset({"hint"})
    name: str
    hint: str = ""

    def sentence(self) -> str:
        of_yours = " of yours" if self.hint else ""
        hint = self.hint or "See: openstack vsc image list"
        return f"No image{of_yours} has the name or ID '{self.name}'. {hint}"


@dataclass(eq=False)
class AmbiguousName(Error):
    """Several images have the name."""

    name: str
    candidates: Iterable[str]

    def sentence(self) -> str:
        return "\n".join([f"Several images have the name '{self.name}'; give the ID:", *self.candidates])


@dataclass(eq=False)
class NoSuchProject(Error):
    """The user has no such project, and the text is not the ID of another one."""

    name: str

    def sentence(self) -> str:
        return (
            f"'{self.name}' is neither one of your projects nor a project ID (32 hexadecimal digits). "
            "Users of the project can show its ID with: openstack token issue -c project_id -f value"
        )


@dataclass(eq=False)
class AmbiguousProject(Error):
    """Projects of several domains have the name."""

    name: str

    def sentence(self) -> str:
        return f"Several of your projects are called '{self.name}'; give the ID, or the domain with --project-domain"


@dataclass(eq=False)
class NotAnOwner(Error):
    """The new owner of an image cannot be found: the image would be lost."""

    exit_status: ClassVar[int] = 3
    name: str

    def sentence(self) -> str:
        return (
            f"'{self.name}' is not one of your projects, so its existence cannot be verified. "
            "Nothing was changed: an image given to a project that does not exist is lost. "
            "Share it instead; that project can then make its own copy: openstack vsc image share IMAGE PROJECT"
        )


@dataclass(eq=False)
class NothingToRemove(Error):
    """The image does not have what should be removed.

    Args:
        image: Name of the image.
        items: The missing tags and properties, each in words.
    """

    image: str
    items: tuple[str, ...]

    def sentence(self) -> str:
        return f"{self.image} does not have {', '.join(self.items)}"


@dataclass(eq=False)
class UnknownProperty(Error):
    """Neither Nova, nor the VSC, nor the cloud's catalogue defines a property.

    Args:
        key: The property.
        nearest: The properties with the nearest names.
    """

    key: str
    nearest: tuple[str, ...] = ()

    def sentence(self) -> str:
        alike = f" Similar names: {', '.join(self.nearest)}." if self.nearest else ""
        return f"No property is called {self.key}.{alike} To search for others: openstack vsc image property list"
