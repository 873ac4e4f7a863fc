"""What was asked for makes no sense, or is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from guestinspect.model.printable import printable
from vscclient.errors.root import Error


@dataclass(eq=False)
class Usage(Error):
    """The options do not fit together, or a value is impossible."""

    exit_status: ClassVar[int] = 2
    what: str

    def sentence(self) -> str:
        return self.what


@dataclass(eq=False)
class UnusableFile(Error):
    """The file cannot be read."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"{printable(self.path)}: {self.why}"


@dataclass(eq=False)
class NoCredentials(Error):
    """There is nothing to sign in with."""

    why: str

    def sentence(self) -> str:
        return f"Not signed in: {self.why}. Source your openrc file, or name an entry of clouds.yaml with --os-cloud"


@dataclass(eq=False)
class NoSuchImage(Error):
    """No image of that name or ID among those that names are looked for in."""

    said: str
    hint: str = ""

    def sentence(self) -> str:
        return f"No image has the name or ID '{printable(self.said)}'. {self.hint or 'See: openstack vsc image list'}"


@dataclass(eq=False)
class AmbiguousName(Error):
    """Several images have the name."""

    said: str
    candidates: Iterable[str]

    def sentence(self) -> str:
        return "\n".join([f"Several images have the name '{printable(self.said)}'; give the ID:", *self.candidates])


@dataclass(eq=False)
class NoSuchProject(Error):
    """The project is none of the user's, and what was said is no ID, or none that any project has."""

    said: str

    def sentence(self) -> str:
        return (
            f"'{printable(self.said)}' is not one of your projects, nor the ID (32 hexadecimal digits) of another. "
            "A member finds it with: openstack token issue -c project_id -f value"
        )


@dataclass(eq=False)
class AmbiguousProject(Error):
    """Projects of several domains have the name."""

    said: str

    def sentence(self) -> str:
        return f"Several of your projects are called '{self.said}'; give the ID, or the domain with --project-domain"


@dataclass(eq=False)
class NotAnOwner(Error):
    """An image would be given to a project that nobody can find: nobody would own it any more."""

    exit_status: ClassVar[int] = 3
    said: str

    def sentence(self) -> str:
        return (
            f"'{printable(self.said)}' is not one of your projects, so nobody can say that it is there. "
            "Nothing was changed: an image of a project that is not there is lost. Share it with that project instead, "
            "which can then make an image of its own of it: openstack vsc image share"
        )


@dataclass(eq=False)
class Missing(Error):
    """What was to be taken away is not there.

    Args:
        image: Its name.
        what: The things, each in words.
    """

    image: str
    what: tuple[str, ...]

    def sentence(self) -> str:
        return f"{printable(self.image)} does not have {', '.join(map(printable, self.what))}"
