"""Fixes as data: what to do about a finding, for a server that words it and for a client that makes a command of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from vscclient.model.plan import Plan

Value = str | int | bool


class GuestAction(StrEnum):
    """Actions in the guest, as root."""

    DELETE = "delete"
    EMPTY = "empty"
    EDIT = "edit"
    INSTALL = "install"
    INSTALL_BOOT_LOADER = "install boot loader"
    LOCK_PASSWORD = "lock password"  # noqa: S105  # an action, no password
    REFUSE_PASSWORDS = "refuse passwords"
    RUN = "run"


class FileAction(StrEnum):
    """Actions on the file of the data."""

    CONVERT = "convert"
    UNPACK = "unpack"


class Reference(StrEnum):
    """Places to read more about an advice; a client knows the command that shows it."""

    LEFTOVERS = "leftovers"
    PROJECT_ID = "project ID"
    PROJECTS = "projects"
    RULE = "rule"
    STATUS = "status"
    VOLUME = "volume"


@dataclass(frozen=True)
class SetField:
    """Set a field or a property of the image.

    Args:
        field: Its name in the Image service, such as ``min_disk``.
        value: Its value; None: the user chooses one.
    """

    field: str
    value: Value | None = None


@dataclass(frozen=True)
class UnsetField:
    """Do not set a field or a property of the image, or remove it.

    Args:
        field: Its name in the Image service.
    """

    field: str


@dataclass(frozen=True)
class GrantAccess:
    """Give others access to another image.

    Args:
        image_id: ID of the other image.
        projects: IDs of the projects; none: everybody.
    """

    image_id: str
    projects: tuple[str, ...] = ()


@dataclass(frozen=True)
class InGuest:
    """Change the guest.

    Args:
        action: What to do.
        target: A path (delete, empty, edit), the name of a package (install), the firmware (install boot loader),
            the name of a user (lock password), the configuration file of the SSH server (refuse passwords), or a
            command line (run).
    """

    action: GuestAction
    target: str


@dataclass(frozen=True)
class OnFile:
    """Make another file of the one with the data.

    Args:
        action: What to do.
        format: The disk format to convert to, or the format to unpack.
    """

    action: FileAction
    format: str


@dataclass(frozen=True)
class Recreate:
    """Make a new image of the file: the data and the formats of an image in the cloud cannot be changed."""


@dataclass(frozen=True)
class Advice:
    """Anything that no command does.

    Args:
        text: What to do, as a clause: «ask a member of the project for its ID».
        see: Where to read more; None: the text says it all.
    """

    text: str
    see: Reference | None = None


Step = SetField | UnsetField | GrantAccess | InGuest | OnFile | Recreate | Advice


@dataclass(frozen=True)
class Fix:
    """The ways to fix a finding; one of them is enough. ``Fix()`` is no fix.

    Args:
        alternatives: The steps of each way, in their order.
    """

    alternatives: tuple[tuple[Step, ...], ...] = ()

    def __post_init__(self) -> None:
        """Reject other objects than steps where a rule makes them, not where they are shown."""
        for step in chain.from_iterable(self.alternatives):
            if not isinstance(step, Step):
                raise TypeError(f"{step!r} is not a step of a fix")

    @classmethod
    def by(cls, *steps: Step | str) -> Fix:
        """Return the fix that consists of these steps; a text is an advice."""
        return cls((tuple(Advice(step) if isinstance(step, str) else step for step in steps),))

    @classmethod
    def of(cls, fix: Fix | str) -> Fix:
        """Return a fix; that of a text is an advice."""
        if isinstance(fix, Fix):
            return fix
        return cls.by(fix) if fix else cls()

    def __or__(self, other: Fix) -> Fix:
        return Fix((*self.alternatives, *other.alternatives))

    def __bool__(self) -> bool:
        return bool(self.alternatives)


def to_data(fix: Fix) -> list[list[dict[str, object]]]:
    """Return a fix as data for JSON: a list of ways, each a list of steps, each with its ``kind`` and its fields."""
    return [[_step_to_data(step) for step in steps] for steps in fix.alternatives]


def _step_to_data(step: Step) -> dict[str, object]:
    """Return a step, with its class as ``set_field``, and values that PyYAML can write: it knows no enumerations."""
    data: dict[str, object] = {"kind": re.sub("(?<!^)(?=[A-Z])", "_", type(step).__name__).lower()}
    for name, value in vars(step).items():
        text_or_value = str(value) if isinstance(value, StrEnum) else value
        data[name] = list(value) if isinstance(value, tuple) else text_or_value
    return data


def then_recreate(plan: Plan, *steps: Step) -> Fix:
    """Return a fix of the data. The data of an image in the cloud cannot be replaced: a new image is made last.

    Args:
        plan: The plan, whose image has data or not.
        steps: What to do with the file of the data, or the guest in it.
    """
    return Fix.by(*steps, Recreate()) if plan.has_data else Fix.by(*steps)
