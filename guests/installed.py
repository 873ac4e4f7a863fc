"""Guests as Debian's installer would leave them: packages installed by mmdebstrap, with a kernel, without root."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.archive import mirror
from guests.home import kept
from guests.layer import inside
from guests.programs import run
from guests.setup import SYSTEM, Setup

_BOOTED = ("linux-image-cloud-amd64", "initramfs-tools", "zstd")
_LEFT_OUT = ("doc", "man", "locale", "info")


def installed(setup: Setup) -> Path:
    """The folder with ``root.tar``, ``vmlinuz`` and ``initrd.img`` of a set-up, made when first asked for."""
    packages = (*SYSTEM, *_BOOTED, *setup.packages)
    naming = setup.naming_files
    words = (setup.generation, *packages, *(f"{path} {text}" for path, text in sorted(naming.items())))

    def make(folder: Path) -> None:
        _bootstrap(setup.generation, packages, naming, folder / "root.tar")
        _take_out_kernel(folder)

    return kept(f"installed-{setup.generation}", words, make)


def _bootstrap(generation: str, packages: tuple[str, ...], naming: Mapping[str, str], tar: Path) -> None:
    with TemporaryDirectory() as given:
        for path, text in naming.items():
            file = inside(Path(given), path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        hooks = [f"--customize-hook=copy-in {given}/etc /", '--customize-hook=chroot "$1" update-initramfs -u']
        run(
            [
                "mmdebstrap",
                "--variant=minbase",
                "--architectures=amd64",
                f"--include={','.join(packages)}",
                *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in _LEFT_OUT),
                *(hooks if naming else ()),
                generation,
                tar,
                mirror(),
            ]
        )


def _take_out_kernel(folder: Path) -> None:
    with tarfile.open(folder / "root.tar") as tar:
        for member in tar:
            name = member.name.removeprefix("./")
            for wanted in ("vmlinuz", "initrd.img"):
                if name.startswith(f"boot/{wanted}-") and (content := tar.extractfile(member)):
                    (folder / wanted).write_bytes(content.read())


def versions(setup: Setup) -> dict[str, str]:
    """The versions of what decides about the network: of the set-up's packages, and systemd's."""
    with tarfile.open(installed(setup) / "root.tar") as tar:
        status = tar.extractfile("./var/lib/dpkg/status")
        text = status.read().decode() if status else ""
    fields = [dict(re.findall(r"^(Package|Version): (.*)$", part, re.MULTILINE)) for part in text.split("\n\n")]
    wanted = ("systemd", *setup.packages)
    return {found["Package"]: found["Version"] for found in fields if found.get("Package") in wanted}
