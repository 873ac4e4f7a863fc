"""Fixes as command lines, with the user's own name for the image and for the file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from vscclient.model.fix import (
    Advice,
    FileAction,
    Fix,
    GrantAccess,
    GuestAction,
    InGuest,
    OnFile,
    Recreate,
    Reference,
    SetField,
    Step,
    UnsetField,
)
from vscclient.osc.fix_commands import field_options, guest_commands
from vscclient.policy.wording import sentence

_UNPACKERS = {
    "gzip": "gunzip",
    "xz": "unxz",
    "zstd": "unzstd",
    "bzip2": "bunzip2",
    "lz4": "unlz4",
    "zip": "unzip",
    "7z": "7z x",
    "rar": "unrar x",
    "tar": "tar -xf",
}

_REFERENCES: Mapping[Reference, str] = {
    Reference.LEFTOVERS: "{text}: openstack vsc image inspect --file {file} -c hygiene",
    Reference.PROJECT_ID: "{text}: openstack token issue -c project_id -f value",
    Reference.PROJECTS: "{text}: openstack project list",
    Reference.RULE: "{text} (how: openstack vsc image rule show {code})",
    Reference.STATUS: "{text}: openstack vsc image show {image} -c status",
    Reference.VOLUME: "{text}: openstack image create --volume VOLUME NAME",
}


@dataclass(frozen=True)
class Names:
    """The words for the image and its file, as the user typed them, quoted for a shell.

    Args:
        image: The image; None: the command makes it.
        file: The file of the data.
    """

    image: str | None = None
    file: str = "FILE"

    @classmethod
    def of(cls, image: str | None, file: str | None) -> Names:
        """Return the words of a command line.

        Args:
            image: Name or ID of the image; None: there is no image yet.
            file: Path of the file; None or ``-`` (standard input): the word FILE stands for it.
        """
        has_path = file not in (None, "", "-")
        return cls(None if image is None else shlex.quote(image), shlex.quote(file) if file and has_path else "FILE")


def command(fix: Fix, code: str, names: Names) -> str:
    """Return a fix as a line that can be copied; words that are not for the shell stand behind ``#``.

    Args:
        fix: The fix.
        code: Code of the rule.
        names: The words for the image and the file.
    """
    ways = [_Way(steps, code, names) for steps in fix.alternatives]
    if ways and all(way.is_command for way in ways):
        first, *others = (way.line for way in ways)
        return "  # or: ".join([first, " or: ".join(others)]) if others else first
    if names.image is None and not any(way.is_command for way in ways):
        lines = [way.line for way in ways]
        if lines and all(line.startswith("use ") for line in lines):  # use --min-disk 2 or --min-disk 3
            return f"use {' or '.join(line.removeprefix('use ') for line in lines)}"
        return ", or ".join(lines)
    return "; or ".join(way.line for way in ways)


def _has_command_for_guest(step: Step) -> bool:
    return isinstance(step, InGuest) and step.action is not GuestAction.INSTALL_BOOT_LOADER


class _Way:
    """One way to fix a finding, as a line."""

    def __init__(self, steps: Sequence[Step], code: str, names: Names) -> None:
        self._code, self._names = code, names
        *first, last = steps
        recreates = isinstance(last, Recreate) and bool(first)
        self.line, self.is_command = self._line(first if recreates else steps)
        if recreates:
            new_image = f"make a new image of the file: {self._create}"
            self.line += f"  # then {new_image}" if self.is_command else f", and {new_image}"

    @property
    def _create(self) -> str:
        return f"openstack vsc image create NAME --file {self._names.file}"

    def _line(self, steps: Sequence[Step]) -> tuple[str, bool]:
        """Return the line of the steps, and whether a shell can run it. Fields that are set together are one line."""
        fields = [step for step in steps if isinstance(step, SetField)]
        if len(fields) == len(steps):
            options = " ".join(field_options.to_set(step.field, step.value, self._names.image) for step in fields)
            if self._names.image is None:
                return f"use {options}", False
            return f"openstack vsc image set {options} {self._names.image}", True
        lines: list[tuple[str, bool]] = []
        for is_in_guest, group in groupby(steps, _has_command_for_guest):
            if is_in_guest:
                changes = [step for step in group if isinstance(step, InGuest)]
                lines.append((guest_commands.commands(changes, self._names.file), True))
            else:
                lines += (self._step(step) for step in group)
        return "; ".join(line for line, _ in lines), all(is_command for _, is_command in lines)

    def _step(self, step: Step) -> tuple[str, bool]:
        match step:
            case SetField():
                return self._line([step])
            case UnsetField() if self._names.image is None:
                return f"omit {field_options.name_of(step.field)}", False
            case UnsetField():
                return f"openstack vsc image unset --property {shlex.quote(step.field)} {self._names.image}", True
            case GrantAccess():
                action = "share" if step.projects else "community"
                return " ".join(("openstack vsc image", action, step.image_id, *step.projects)), True
            case InGuest():  # which command installs a boot loader depends on the guest: the rule's page has several
                return _REFERENCES[Reference.RULE].format(text=sentence(Fix.by(step)), code=self._code), False
            case OnFile():
                return self._on_file(step)
            case Recreate():
                return f"make a new image: {self._create}", False
            case Advice():
                template = _REFERENCES.get(step.see, "{text}") if step.see else "{text}"
                image = self._names.image or "IMAGE"
                return template.format(text=step.text, code=self._code, file=self._names.file, image=image), False
        assert_never(step)

    def _on_file(self, step: OnFile) -> tuple[str, bool]:
        if step.action is FileAction.CONVERT:
            return f"qemu-img convert -O {step.format} {self._names.file} NEW_FILE", True
        if step.format in _UNPACKERS:
            return f"{_UNPACKERS[step.format]} {self._names.file}", True
        return "unpack it first", False
