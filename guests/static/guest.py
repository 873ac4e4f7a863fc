"""Guests that are inspected but not booted: unpacked packages, with the files that an installation would write."""

from __future__ import annotations

import inspect
import shutil
import subprocess
from pathlib import Path

from guests.archive import download_packages
from guests.disks.files import host_path, make_link, write_setup
from guests.errors import GuestsError
from guests.home import cached_folder
from guests.programs import run
from guests.setup import SYSTEM, Setup
from guests.setups.all_setups import SETUPS
from guests.static import maintainer_scripts
from guests.static import units as unit_links
from guests.static.initramfs import write_initramfs
from guests.static.maintainer_scripts import run_postinst
from guests.static.units import Units

_BASE = ("base-files", "base-passwd", "dash", "systemd", *SYSTEM)
_COMPANIONS = {
    "netplan.io": ("netplan-generator",),
    "dhcpcd": ("dhcpcd-base",),
    "cloud-init": ("cloud-init-base",),
    "dbus": ("dbus-system-bus-common",),
}
"""Packages that hold relevant files of another package in some releases of Debian."""
_OMITTED = (
    *("./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/info", "./usr/share/lintian"),
    *("./usr/share/bash-completion", "./usr/share/gnome", "./usr/share/zsh", "./usr/share/perl*"),
    *("./lib/udev/hwdb.d", "./usr/lib/udev/hwdb.d", "./lib/x86*", "./usr/lib/x86*"),
)
"""Large folders that do not affect the network."""
_KERNEL = "/boot/vmlinuz"
_MERGED = ("bin", "lib", "lib64", "sbin")
_UNITS_IN_LIB = ("bullseye", "bookworm")


def make_static_guest(setup: Setup, folder: Path) -> None:
    """Write a guest into a folder that does not exist yet."""
    run(["cp", "-a", "--reflink=auto", _unpack_once(setup), folder])
    if setup.has_stale_initramfs:
        write_initramfs(folder)
    write_setup(setup, folder)
    if not setup.has_stale_initramfs:
        write_initramfs(folder)
    host_path(folder, _KERNEL).touch()  # the boot loader must find one, and nothing reads it
    units = Units(folder, _find_unit_folder(setup.generation))
    for unit in setup.enabled:
        units.enable(unit)
    for unit in setup.disabled:
        units.disable(unit)
    for unit in setup.masked:
        units.mask(unit)


def prepare(setup: Setup) -> None:
    """Download and unpack the packages of a set-up, unless they are cached."""
    _unpack_once(setup)


def list_packages(setup: Setup) -> tuple[str, ...]:
    """Return the names of the packages of a static guest."""
    return _add_companions((*_BASE, *setup.packages))


def _unpack_once(setup: Setup) -> Path:
    """Return the folder with the unpacked packages of a set-up, which is cached."""
    wanted = list_packages(setup)

    def make(folder: Path) -> None:
        # all packages that the set-ups of this release need are downloaded at once
        others = [other for other in SETUPS.values() if other.generation == setup.generation]
        names = sorted({name for other in others for name in other.packages})
        debs = download_packages(setup.generation, _add_companions((*_BASE, *names)))
        tree = folder / "tree"
        for name in _MERGED:  # /bin and others are links into /usr, as debootstrap makes them
            (tree / "usr" / name).mkdir(parents=True)
            make_link(tree, f"/{name}", f"usr/{name}")
        available = [name for name in wanted if name in debs]
        for name in available:
            unpack_package(debs[name], tree)
        units = Units(tree, _find_unit_folder(setup.generation))
        for name in available:
            _configure(name, debs[name], units)

    # a change of the code that makes the folder makes it anew
    sources = (inspect.getsource(module) for module in (unit_links, maintainer_scripts))
    return cached_folder(f"unpacked-{setup.generation}", (*wanted, *sources), make) / "tree"


def _add_companions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for name in names for part in (name, *_COMPANIONS.get(name, ()))))


def unpack_package(deb: Path, tree: Path) -> None:
    """Unpack a package into a folder, without documentation."""
    excluded = [f"--exclude={path}" for path in _OMITTED]
    unpack: list[str | Path] = ["tar", "-C", tree, "--keep-directory-symlink", "--no-same-owner", *excluded, "-x"]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as source:
        done = subprocess.run(unpack, stdin=source.stdout, capture_output=True, check=False)
    if done.returncode or source.returncode:
        raise GuestsError(f"{deb} could not be unpacked: {done.stderr.decode('utf-8', 'replace')}")


def _configure(name: str, deb: Path, units: Units) -> None:
    """Apply the effects of a package's maintainer script, and add the package to dpkg's status file."""
    control = units.folder.parent / "control"
    run(["dpkg-deb", "--control", deb, control])
    script = control / "postinst"
    run_postinst(name, script.read_text(encoding="utf-8") if script.exists() else "", units)
    status = host_path(units.folder, "/var/lib/dpkg/status")
    status.parent.mkdir(parents=True, exist_ok=True)
    entry = (control / "control").read_text(encoding="utf-8")
    with status.open("a", encoding="utf-8") as file:
        file.write(entry.replace("\n", "\nStatus: install ok installed\n", 1) + "\n")
    shutil.rmtree(control)


def _find_unit_folder(generation: str) -> str:
    return "/lib/systemd/system" if generation in _UNITS_IN_LIB else "/usr/lib/systemd/system"
