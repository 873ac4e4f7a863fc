"""How to take something out of a guest: three ways.

1. On a disk that is a file, where libguestfs is at hand: one command for each finding, ``command``.
2. Inside the guest, before it becomes an image: ``LAST_ACT``.
3. Where neither libguestfs nor root on one's own machine is at hand: start an instance from the image, privately, run
   ``LAST_ACT`` in it as root as the very last thing, and make a snapshot of the instance that is off.

Source: virt-sysprep(1), virt-customize(1), guestfs-tools 1.46 and later.
"""

from __future__ import annotations

import shlex

from guestinspect.model.leftover import Kind, Leftover

LAST_ACT = (
    "cloud-init clean --logs --seed",
    "rm -f /etc/ssh/ssh_host_*key*",
    "rm -f /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys",
    "rm -f /root/.*history /home/*/.*history /root/.viminfo /home/*/.viminfo /root/.lesshst /home/*/.lesshst",
    "rm -f /var/lib/dhcp/*.lease* /var/lib/NetworkManager/*.lease /var/lib/systemd/random-seed",
    "rm -f /etc/passwd- /etc/shadow- /etc/gshadow- /etc/security/opasswd*",
    "rm -f /var/lib/dbus/machine-id",
    "truncate --size 0 /etc/machine-id",
    "find /var/log/ /var/mail/ -type f -delete",
    "systemctl poweroff --force",
)
"""What root runs in the guest, one after the other, before the snapshot. The next boot makes anew what is needed.

``--force`` ends the services without asking them: stopped in an orderly way, they would write the random seed, logs and
the shell's history again. File systems are unmounted all the same. Source: systemctl(1).
"""

_COPIES = frozenset(
    ("/etc/passwd-", "/etc/shadow-", "/etc/gshadow-", "/etc/security/opasswd", "/etc/security/opasswd.old")
)
"""Old passwords, which are kept by themselves and nobody misses. Source: passwd(5), pam_pwhistory(8)."""

_LAST = "as the very last command: virt-customize makes a new one"

_SSHD_LINES = r"PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"


def command(leftover: Leftover) -> str:
    """The command that takes it out of a disk that is a file: one line, to be copied. ``FILE`` is the disk.

    What is said beside it is a comment to a shell.
    """
    match leftover.kind:
        case Kind.HOST_KEY if leftover.path.startswith("/etc/ssh/ssh_host_"):
            return "virt-sysprep --operations ssh-hostkeys -a FILE"
        case Kind.IDENTITY if leftover.path == "/etc/machine-id":
            return f"virt-sysprep --operations machine-id -a FILE  # {_LAST}"
        case Kind.PASSWORD if leftover.path in ("/etc/passwd", "/etc/shadow"):
            return f"virt-customize -a FILE --password {shlex.quote(f'{leftover.owner}:disabled')}"
        case Kind.OPEN_SSHD if not leftover.path.startswith("/etc/cloud/"):
            edit = f'/etc/ssh/sshd_config:$_ = "{_SSHD_LINES}$_" if $. == 1'
            return f"virt-customize -a FILE --edit {shlex.quote(edit)}"
        case Kind.LOG if not leftover.what.startswith("mail"):
            emptied = f"find {shlex.quote(leftover.path)} -type f -delete"
            return f"virt-customize -a FILE --run-command {shlex.quote(emptied)}"
        case Kind.PASSWORD if leftover.path in _COPIES:
            return f"virt-customize -a FILE --delete {leftover.path}"
        case Kind.PASSWORD | Kind.CREDENTIAL | Kind.OPEN_SSHD if leftover.path.startswith("/etc/"):
            return f"virt-edit -a FILE {shlex.quote(leftover.path)}"
    return f"virt-customize -a FILE --delete {shlex.quote(leftover.path)}"
