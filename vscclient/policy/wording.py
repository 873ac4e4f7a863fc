"""Fixes in neutral words, without any command of a client: a server shows them as they are."""

from __future__ import annotations

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

_IN_GUEST = {
    GuestAction.DELETE: "delete {} in the guest",
    GuestAction.EMPTY: "as the last change to the guest, empty {}",
    GuestAction.EDIT: "edit {} in the guest",
    GuestAction.INSTALL: "install the package {} in the guest",
    GuestAction.INSTALL_BOOT_LOADER: "install a boot loader for {} in the guest",
    GuestAction.LOCK_PASSWORD: "lock the password of {} in the guest",
    GuestAction.REFUSE_PASSWORDS: "let the SSH server refuse passwords, in {} in the guest",
    GuestAction.RUN: "run in the guest: {}",
}

FIRMWARES = {"bios": "a BIOS", "uefi": "UEFI"}
"""The kinds of firmware, in words."""


def sentence(fix: Fix, code: str = "") -> str:
    """Return a fix as a sentence without its full stop; empty if there is no fix.

    Args:
        fix: The fix; its alternatives are joined by «or».
        code: Code of the rule, for an advice that refers to the rule's page.
    """
    ways = [", then ".join(_clause(step, code) for step in steps) for steps in fix.alternatives]
    return "; or ".join(ways)


def _clause(step: Step, code: str) -> str:
    match step:
        case SetField():
            value = str(step.value).lower() if isinstance(step.value, bool) else step.value
            return f"set {step.field}" if value is None else f"set {step.field} to {value}"
        case UnsetField():
            return f"do not set {step.field}"
        case GrantAccess():
            recipients = f"the projects {', '.join(step.projects)}" if step.projects else "everybody"
            return f"give {recipients} access to the image {step.image_id}"
        case InGuest():
            is_firmware = step.action is GuestAction.INSTALL_BOOT_LOADER
            target = FIRMWARES.get(step.target, step.target) if is_firmware else step.target
            return _IN_GUEST[step.action].format(target)
        case OnFile():
            is_conversion = step.action is FileAction.CONVERT
            return f"convert the file to {step.format}" if is_conversion else f"unpack the {step.format} file"
        case Recreate():
            return "make a new image"
        case Advice():
            return f"{step.text} (see rule {code})" if step.see is Reference.RULE and code else step.text
    assert_never(step)
