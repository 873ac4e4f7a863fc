"""Debian's archive, by the apt of this machine, whatever distribution it has: with a list of packages of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.errors import NoArchive
from guests.home import kept
from guests.programs import run

MIRROR_VARIABLE = "VSCCLIENT_GUESTS_MIRROR"
ARCHITECTURE = "amd64"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_NEEDED = {"apt-get": "apt", "dpkg-deb": "dpkg", "mkfs.ext4": "e2fsprogs"}


def packages(generation: str, names: Sequence[str]) -> dict[str, Path]:
    """Packages of a generation by name, downloaded when first asked for; not those that they depend on.

    A name that this generation does not have is left out.

    Raises:
        NoArchive: This machine cannot have them; the text says what is missing.
    """
    check()

    def make(folder: Path) -> None:
        with TemporaryDirectory() as state:
            options = _options(generation, Path(state))
            run(["apt-get", *options, "-qq", "update"])
            there = set(run(["apt-cache", *options, "pkgnames"]).split())
            _download(options, [name for name in names if name in there], folder)

    folder = kept(f"packages-{generation}", (mirror(), *names), make)
    return {file.name.partition("_")[0]: file for file in sorted(folder.glob("*.deb"))}


def mirror() -> str:
    """The address of Debian's archive: the one that the environment names, else that of this machine's own apt.

    Raises:
        NoArchive: Neither names one.
    """
    return os.environ.get(MIRROR_VARIABLE) or _of_this_machine()


@cache
def _of_this_machine() -> str:
    """Asked for once: it takes apt a second."""
    wanted = ["--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian"]
    found = run(["apt-get", "indextargets", *wanted]).split()
    if not found:
        raise NoArchive(
            f"This machine's apt knows no archive of Debian. Name one with {MIRROR_VARIABLE}, or run apt-get update"
        )
    return found[0].rstrip("/")


def check() -> None:
    """Whether this machine can download packages of Debian, unpack them, and make a disk of them.

    Raises:
        NoArchive: It cannot; the text says what to install.
    """
    missing = [package for program, package in _NEEDED.items() if _nowhere(program)]
    if not KEYRING.exists():
        missing.append("debian-archive-keyring")
    if missing:
        raise NoArchive(f"Guests of Debian's packages cannot be made here. Install: {' '.join(missing)}")
    mirror()


def _nowhere(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None


def _download(options: Sequence[str], names: Sequence[str], folder: Path) -> None:
    """Where apt puts them is where it is run: so it is run by a shell that has gone there."""
    run(["sh", "-c", 'cd "$1" && shift && apt-get "$@"', "sh", folder, *options, "-qq", "download", *names])


def _options(generation: str, state: Path) -> list[str]:
    """What makes apt see this archive only, and leave the machine's own lists and packages alone."""
    (state / "lists").mkdir()
    (state / "cache" / "archives" / "partial").mkdir(parents=True)
    (state / "status").touch()
    (state / "sources.list").write_text(
        f"deb [arch={ARCHITECTURE} signed-by={KEYRING}] {mirror()} {generation} main\n", encoding="utf-8"
    )
    # hooks of the machine's own, which look after its own lists
    (state / "apt.conf").write_text(
        "#clear APT::Update;\n#clear DPkg::Post-Invoke;\n#clear APT::Architectures;\n", encoding="utf-8"
    )
    words = {
        "APT::Architecture": ARCHITECTURE,
        "APT::Architectures::": ARCHITECTURE,
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Dir::Cache": state / "cache",
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::Etc::Preferences": "-",
        "Dir::Etc::PreferencesParts": "-",
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::Status": state / "status",
    }
    return ["-c", str(state / "apt.conf"), *(part for key, value in words.items() for part in ("-o", f"{key}={value}"))]
