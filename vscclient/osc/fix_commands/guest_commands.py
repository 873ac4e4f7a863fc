"""Changes to a guest as commands on the file of its disk, where libguestfs is installed.

Source: virt-sysprep(1), virt-customize(1), virt-edit(1), guestfs-tools 1.46 and later.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence
from itertools import groupby

from vscclient.model.fix import GuestAction, InGuest

_SSHD_LINES = r"PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"

_TO_FILE = 'mkdir -p {folder} && printf "{lines}" > {path}'

_SYSPREP = {
    InGuest(GuestAction.DELETE, "/etc/ssh/ssh_host_*key*"): "virt-sysprep --operations ssh-hostkeys -a {file}",
    # the last command on the file, because virt-customize makes a machine ID at each run: the rule's page says so
    InGuest(GuestAction.EMPTY, "/etc/machine-id"): "virt-sysprep --operations machine-id -a {file}",
}
"""Changes for which virt-sysprep has an operation."""

_CUSTOMIZE = {
    GuestAction.DELETE: ("--delete", "{}"),
    GuestAction.EMPTY: ("--truncate", "{}"),
    GuestAction.INSTALL: ("--install", "{}"),
    GuestAction.LOCK_PASSWORD: ("--password", "{}:disabled"),
    # Perl, run for each line: it puts the text before line 1
    GuestAction.REFUSE_PASSWORDS: ("--edit", f'{{}}:$_ = "{_SSHD_LINES}$_" if $. == 1'),
    GuestAction.RUN: ("--run-command", "{}"),
}
"""The option of virt-customize for each other change, and its value, in which ``{}`` stands for the target."""


def commands(changes: Sequence[InGuest], file: str) -> str:
    """Return the commands for changes: one line, to be copied. Changes that follow each other are one virt-customize.

    Args:
        changes: The changes, in their order; none of them installs a boot loader.
        file: The file of the disk, quoted for a shell.
    """
    lines: list[str] = []
    for is_customized, group in groupby(changes, _is_customized):
        if is_customized:
            options = " ".join(_option(change) for change in group)
            lines.append(f"virt-customize -a {file} {options}")
        else:
            lines += (_other_command(change, file) for change in group)
    return "; ".join(lines)


def _is_customized(change: InGuest) -> bool:
    return change not in _SYSPREP and change.action is not GuestAction.EDIT


def _other_command(change: InGuest, file: str) -> str:
    if change in _SYSPREP:
        return _SYSPREP[change].format(file=file)
    return f"virt-edit -a {file} {shlex.quote(change.target)}"


def _option(change: InGuest) -> str:
    """Return the option of virt-customize for a change, with its value."""
    if change.action is GuestAction.REFUSE_PASSWORDS and change.target.endswith(".conf"):  # a file that is not there
        path = change.target
        text = _TO_FILE.format(folder=posixpath.dirname(path), lines=_SSHD_LINES, path=path)
        return f"--run-command {shlex.quote(text)}"
    option, template = _CUSTOMIZE[change.action]
    return f"{option} {shlex.quote(template.format(change.target))}"
