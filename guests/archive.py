"""The Debian archive, read by this machine's apt with lists of its own, whatever distribution the machine has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.errors import PackagesUnavailable
from guests.home import cached_folder
from guests.programs import run

MIRROR_VARIABLE = "VSCCLIENT_GUESTS_MIRROR"
ARCHITECTURE = "amd64"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_NEEDED = {"apt-get": "apt", "dpkg-deb": "dpkg", "mkfs.ext4": "e2fsprogs"}


def download_packages(generation: str, names: Sequence[str]) -> dict[str, Path]:
    """Return the files of packages by name, without their dependencies; they are downloaded once.

    Packages that the release does not have are omitted.

    Raises:
        PackagesUnavailable: The packages cannot be downloaded on this machine.
    """
    require_tools()

    def make(folder: Path) -> None:
        with TemporaryDirectory() as state:
            options = _isolate_apt(generation, Path(state))
            run(["apt-get", *options, "-qq", "update"])
            available = set(run(["apt-cache", *options, "pkgnames"]).split())
            # apt downloads into its current folder, so a shell changes there first
            script = 'cd "$1" && shift && apt-get "$@"'
            wanted = [name for name in names if name in available]
            run(["sh", "-c", script, "sh", folder, *options, "-qq", "download", *wanted])

    folder = cached_folder(f"packages-{generation}", (find_mirror(), *names), make)
    return {file.name.partition("_")[0]: file for file in sorted(folder.glob("*.deb"))}


def find_mirror() -> str:
    """Return the address of the Debian archive: that of the environment variable, or that of this machine's apt.

    Raises:
        PackagesUnavailable: Neither is set.
    """
    return os.environ.get(MIRROR_VARIABLE) or _ask_apt_for_mirror()


@cache  # apt takes a second
def _ask_apt_for_mirror() -> str:
    wanted = ["--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian"]
    addresses = run(["apt-get", "indextargets", *wanted]).split()
    if not addresses:
        raise PackagesUnavailable(
            "apt on this machine has no Debian archive\n"
            f"Run apt-get update, or set {MIRROR_VARIABLE} to the address of an archive."
        )
    return addresses[0].rstrip("/")


def require_tools(more: Mapping[str, str] | None = None) -> None:
    """Check that this machine can download and unpack Debian packages, and make a disk of them.

    Args:
        more: Other programs that are needed, with their packages.

    Raises:
        PackagesUnavailable: A program is missing; the text names the packages to install.
    """
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    needed = {**_NEEDED, **(more or {})}
    missing = [package for program, package in needed.items() if shutil.which(program, path=path) is None]
    if not KEYRING.exists():
        missing.append("debian-archive-keyring")
    if missing:
        raise PackagesUnavailable(
            "Guests cannot be made from Debian packages on this machine: programs are missing\n"
            f"Install: {' '.join(missing)}"
        )
    find_mirror()


def _isolate_apt(generation: str, state: Path) -> list[str]:
    """Return options that make apt use only this archive, and leave the machine's own lists and packages alone."""
    (state / "lists").mkdir()
    (state / "cache" / "archives" / "partial").mkdir(parents=True)
    (state / "status").touch()
    (state / "sources.list").write_text(
        f"deb [arch={ARCHITECTURE} signed-by={KEYRING}] {find_mirror()} {generation} main\n", encoding="utf-8"
    )
    # the machine's hooks look after its own lists, and would fail or do harm here
    (state / "apt.conf").write_text(
        "#clear APT::Update;\n#clear DPkg::Post-Invoke;\n#clear APT::Architectures;\n", encoding="utf-8"
    )
    settings = {
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
    return [
        "-c",
        str(state / "apt.conf"),
        *(part for key, value in settings.items() for part in ("-o", f"{key}={value}")),
    ]
