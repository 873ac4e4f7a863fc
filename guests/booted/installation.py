"""Guests that mmdebstrap installs without root, with a kernel, as Debian's installer would leave them."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.archive import find_mirror
from guests.disks.files import host_path
from guests.home import cached_folder
from guests.programs import run
from guests.setup import SYSTEM, Setup

_BOOT_PACKAGES = ("linux-image-cloud-amd64", "initramfs-tools", "zstd")
_OMITTED = ("doc", "man", "locale", "info")


def install_guest(setup: Setup) -> Path:
    """Return the folder with ``root.tar``, ``vmlinuz`` and ``initrd.img`` of a set-up, which is cached."""
    packages = (*SYSTEM, *_BOOT_PACKAGES, *setup.packages)
    naming = setup.naming_files
    inputs = (setup.generation, *packages, *(f"{path} {text}" for path, text in sorted(naming.items())))

    def make(folder: Path) -> None:
        _bootstrap(setup.generation, packages, naming, folder / "root.tar")
        _extract_kernel(folder)

    return cached_folder(f"installed-{setup.generation}", inputs, make)


def _bootstrap(generation: str, packages: tuple[str, ...], naming: Mapping[str, str], tar: Path) -> None:
    with TemporaryDirectory() as extra:
        for path, text in naming.items():
            file = host_path(Path(extra), path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        hooks = [f"--customize-hook=copy-in {extra}/etc /", '--customize-hook=chroot "$1" update-initramfs -u']
        run(
            [
                "mmdebstrap",
                "--variant=minbase",
                "--architectures=amd64",
                f"--include={','.join(packages)}",
                *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in _OMITTED),
                *(hooks if naming else ()),
                generation,
                tar,
                find_mirror(),
            ]
        )


def _extract_kernel(folder: Path) -> None:
    with tarfile.open(folder / "root.tar") as tar:
        for member in tar:
            name = member.name.removeprefix("./")
            for wanted in ("vmlinuz", "initrd.img"):
                if name.startswith(f"boot/{wanted}-") and (content := tar.extractfile(member)):
                    (folder / wanted).write_bytes(content.read())


def read_versions(setup: Setup) -> dict[str, str]:
    """Return the versions of the packages that affect the network: those of the set-up, and systemd."""
    with tarfile.open(install_guest(setup) / "root.tar") as tar:
        status = tar.extractfile("./var/lib/dpkg/status")
        text = status.read().decode() if status else ""
    fields = [dict(re.findall(r"^(Package|Version): (.*)$", part, re.MULTILINE)) for part in text.split("\n\n")]
    wanted = ("systemd", *setup.packages)
    return {each["Package"]: each["Version"] for each in fields if each.get("Package") in wanted}
