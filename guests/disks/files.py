"""The files, links and kernel parameters that a set-up adds to a fresh Debian."""

from __future__ import annotations

from pathlib import Path

from guests.setup import Setup

_FSTAB = "/dev/vda / auto defaults 0 1\n"
_ROOT = "root=/dev/vda"


def kernel_parameters(setup: Setup) -> str:
    """Return the kernel parameters as the boot loader passes them."""
    mode = () if "rw" in setup.parameters else ("ro",)
    return " ".join((_ROOT, *mode, "console=ttyS0", *setup.parameters))


def write_setup(setup: Setup, folder: Path) -> None:
    """Write the files and links of a set-up into a folder that holds a guest.

    Unless the set-up has ``/etc/machine-id``, the file is empty, as in an image that is to be shared.
    """
    menu = (
        f"set default=\"0\"\nset timeout=0\n\nmenuentry 'Debian GNU/Linux' --class debian {{\n"
        f"\tlinux\t/vmlinuz {kernel_parameters(setup)}\n\tinitrd\t/initrd.img\n}}\n"
    )
    common = {
        "/etc/fstab": _FSTAB,
        "/etc/hostname": "guest\n",
        "/etc/machine-id": "",
        "/etc/default/grub": f'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX="{" ".join(setup.parameters)}"\n',
        "/boot/grub/grub.cfg": menu,
    }
    for path, text in (common | dict(setup.files)).items():
        file = host_path(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(_find_mode(path))
    for path, target in setup.links.items():
        make_link(folder, path, target)


def host_path(folder: Path, path: str) -> Path:
    """Return the path on this machine for a path of the guest."""
    return folder / path.lstrip("/")


def make_link(folder: Path, path: str, target: str) -> None:
    """Make a link in the guest, in place of an existing file."""
    link = host_path(folder, path)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _find_mode(path: str) -> int:
    # NetworkManager ignores a profile that others can read; the profile «open» tests that
    if path.startswith("/etc/NetworkManager/system-connections/"):
        return 0o644 if path.endswith("/open") else 0o600
    return 0o755 if "bin/" in path else 0o644
