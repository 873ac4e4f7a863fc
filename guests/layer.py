"""What a set-up adds to a fresh Debian: files, links, the kernel's parameters."""

from __future__ import annotations

from pathlib import Path

from guests.setup import Setup

_FSTAB = "/dev/vda / auto defaults 0 1\n"
_ROOT = "root=/dev/vda"


def parameters(setup: Setup) -> str:
    """The kernel's parameters, as the boot loader gives them."""
    mounted = () if "rw" in setup.parameters else ("ro",)
    return " ".join((_ROOT, *mounted, "console=ttyS0", *setup.parameters))


def write(setup: Setup, folder: Path) -> None:
    """Write the files and links of a set-up into a folder that holds a guest.

    Without a word of the set-up ``/etc/machine-id`` is empty, as an image that is to be shared should have it.
    """
    common = {
        "/etc/fstab": _FSTAB,
        "/etc/hostname": "guest\n",
        "/etc/machine-id": "",
        "/etc/default/grub": f'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX="{" ".join(setup.parameters)}"\n',
        "/boot/grub/grub.cfg": _grub_menu(setup),
    }
    for path, text in (common | dict(setup.files)).items():
        file = inside(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(_mode(path))
    for path, target in setup.links.items():
        link(folder, path, target)


def inside(folder: Path, path: str) -> Path:
    """Where a guest's path is on the host."""
    return folder / path.lstrip("/")


def link(folder: Path, path: str, target: str) -> None:
    """Make a link, over what is there."""
    made = inside(folder, path)
    made.parent.mkdir(parents=True, exist_ok=True)
    made.unlink(missing_ok=True)
    made.symlink_to(target)


def _mode(path: str) -> int:
    if path.startswith("/etc/NetworkManager/system-connections/"):
        return 0o644 if path.endswith("/open") else 0o600
    return 0o755 if "bin/" in path else 0o644


def _grub_menu(setup: Setup) -> str:
    return (
        f"set default=\"0\"\nset timeout=0\n\nmenuentry 'Debian GNU/Linux' --class debian {{\n"
        f"\tlinux\t/vmlinuz {parameters(setup)}\n\tinitrd\t/initrd.img\n}}\n"
    )
