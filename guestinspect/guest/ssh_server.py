"""The SSH server of a guest."""

from __future__ import annotations

from guestinspect.disk.tree import Tree, is_file
from guestinspect.model.fact import Fact

_PROGRAMS = ("sshd", "dropbear", "tinysshd")
_FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin")
_SERVICES = ("sshd", "ssh", "dropbear", "tinysshd")
_UNIT_FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")


def find_ssh_server(tree: Tree) -> Fact[bool]:
    """Return True if an SSH server is installed: its program, or a service for it, as in NixOS."""
    programs = (f"{folder}/{program}" for program in _PROGRAMS for folder in _FOLDERS)
    units = (f"{folder}/{name}.service" for folder in _UNIT_FOLDERS for name in _SERVICES)
    scripts = (f"/etc/init.d/{name}" for name in _SERVICES)
    path = next((path for path in (*programs, *units, *scripts) if _is_there(tree, path)), None)
    return Fact(path is not None, path or "no SSH server is installed")


def _is_there(tree: Tree, path: str) -> bool:
    return is_file(tree, path) or tree.link(path) is not None
