"""Changes to a guest as commands on the file of its disk, where libguestfs is installed.

Source: virt-sysprep(1), virt-customize(1), virt-edit(1), guestfs-tools 1.46 and later.
"""

from __future__ import annotations

import shlex

from vscclient.model.fix import GuestAction, InGuest

_SSHD_LINES = r"PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"

_BOOT_LOADERS = {"bios": "grub-install /dev/sda", "uefi": "grub-install --removable"}
"""``/dev/sda`` is the first disk of virt-customize; in an instance it is ``/dev/vda``."""

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
    GuestAction.INSTALL_BOOT_LOADER: ("--run-command", "{}"),
    GuestAction.LOCK_PASSWORD: ("--password", "{}:disabled"),
    # Perl, run for each line: it puts the text before line 1
    GuestAction.REFUSE_PASSWORDS: ("--edit", f'{{}}:$_ = "{_SSHD_LINES}$_" if $. == 1'),
    GuestAction.RUN: ("--run-command", "{}"),
}
"""The option of virt-customize for each other change, and its value, in which ``{}`` stands for the target."""


def command(change: InGuest, file: str) -> str:
    """Return the command for a change: one line, to be copied.

    Args:
        change: The change.
        file: The file of the disk, quoted for a shell.
    """
    if change in _SYSPREP:
        return _SYSPREP[change].format(file=file)
    if change.action is GuestAction.EDIT:
        return f"virt-edit -a {file} {shlex.quote(change.target)}"
    is_boot_loader = change.action is GuestAction.INSTALL_BOOT_LOADER
    target = _BOOT_LOADERS.get(change.target, _BOOT_LOADERS["bios"]) if is_boot_loader else change.target
    option, template = _CUSTOMIZE[change.action]
    return f"virt-customize -a {file} {option} {shlex.quote(template.format(target))}"
