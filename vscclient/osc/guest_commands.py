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
    # virt-customize makes a machine ID at each run
    InGuest(GuestAction.EMPTY, "/etc/machine-id"): "virt-sysprep --operations machine-id -a {file}"
    "  # as the very last command: virt-customize makes a new one",
}
"""Changes for which virt-sysprep has an operation."""


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
    return f"virt-customize -a {file} {_customization(change)}"


def _customization(change: InGuest) -> str:
    target = change.target
    match change.action:
        case GuestAction.DELETE:
            return f"--delete {shlex.quote(target)}"
        case GuestAction.EMPTY:
            return f"--truncate {shlex.quote(target)}"
        case GuestAction.INSTALL:
            return f"--install {shlex.quote(target)}"
        case GuestAction.LOCK_PASSWORD:
            return f"--password {shlex.quote(f'{target}:disabled')}"
        case GuestAction.REFUSE_PASSWORDS:
            insertion = f'{target}:$_ = "{_SSHD_LINES}$_" if $. == 1'  # Perl
            return f"--edit {shlex.quote(insertion)}"
        case GuestAction.INSTALL_BOOT_LOADER:
            return f"--run-command {shlex.quote(_BOOT_LOADERS.get(target, _BOOT_LOADERS['bios']))}"
    return f"--run-command {shlex.quote(target)}"
