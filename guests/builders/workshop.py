"""The workshop in which a builder runs: a Debian with the builder's packages, entered as root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.archive import find_mirror
from guests.builders.builder import Builder
from guests.errors import GuestsError
from guests.home import cached_folder
from guests.programs import run

_HERE = Path(__file__).parent
_TOOLS = (
    *("apt", "ca-certificates", "debian-archive-keyring", "debootstrap", "dosfstools", "e2fsprogs", "fdisk", "kmod"),
    *("mount", "parted", "procps", "qemu-utils", "rsync", "uuid-runtime", "xz-utils"),
)
_OMITTED = ("doc", "man", "locale", "info")
_LINES_SHOWN = 25


def build_image(builder: Builder) -> Path:
    """Return the image of a builder; it is made once.

    Raises:
        GuestsError: The user is not root, or the builder failed.
    """

    def make(folder: Path) -> None:
        if os.geteuid() != 0:
            raise GuestsError("Builders mount file systems\nRun the command as root.")
        tree = _make_tree(builder)
        with TemporaryDirectory(prefix="guests-") as layers:
            build = Path(layers) / "build"
            build.mkdir()
            for name, text in {**builder.files, "script": builder.script}.items():
                (build / name).write_text(text, encoding="utf-8")
            _run_script(builder, tree, Path(layers), build)
            run(["qemu-img", "convert", "-O", "qcow2", build / "image", folder / "image.qcow2"])

    return cached_folder(f"image-{builder.name}", (builder.fingerprint,), make) / "image.qcow2"


def read_versions(builder: Builder) -> dict[str, str]:
    """Return the versions of the workshop's packages that the builder names."""
    text = (_make_tree(builder) / "var/lib/dpkg/status").read_text(encoding="utf-8")
    fields = [dict(re.findall(r"^(Package|Version): (.*)$", part, re.MULTILINE)) for part in text.split("\n\n")]
    return {each["Package"]: each["Version"] for each in fields if each.get("Package") in builder.packages}


def _run_script(builder: Builder, tree: Path, layers: Path, build: Path) -> None:
    """Run the script of a build. Its output is kept in the folder of temporary files if it fails."""
    log = layers / "log"
    with log.open("wb") as output:
        command = [_HERE / "workshop.sh", tree, layers, build, _HERE / "stand_ins"]
        environment = os.environ | {"MIRROR": find_mirror(), "UDEV": "yes" if builder.udev else ""}
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, env=environment
        )
    if done.returncode or not (build / "image").exists():
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise GuestsError("\n".join(("The builder failed:", *lines[-_LINES_SHOWN:])))


def _make_tree(builder: Builder) -> Path:
    """Return the folder with the Debian of the workshop, which is cached."""
    packages = (*_TOOLS, *builder.packages)

    def make(folder: Path) -> None:
        run(
            [
                # mounts of a run that is interrupted end with its namespace
                *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
                *("mmdebstrap", "--mode=root", "--variant=apt", "--architectures=amd64"),
                *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _OMITTED),
                *(f"--include={','.join(packages)}", builder.generation, folder / "tree", find_mirror()),
            ]
        )
        if builder.python_packages:
            _install_python_packages(folder / "tree", builder.python_packages)

    inputs = (builder.generation, *packages, *builder.python_packages)
    return cached_folder(f"workshop-{builder.generation}", inputs, make) / "tree"


def _install_python_packages(tree: Path, packages: Sequence[str]) -> None:
    """Install packages from PyPI: this machine's pip downloads them, because only it knows the way to an index."""
    wheels = tree / "opt" / "wheels"
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", wheels, *packages])
    run(["chroot", tree, "python3", "-m", "venv", "--system-site-packages", "/opt/python"])
    install = ["/opt/python/bin/pip", "install", "--quiet", "--no-index", "--find-links", "/opt/wheels"]
    run(["chroot", tree, *install, *packages])
    shutil.rmtree(wheels)
