"""Guests to be looked at and not booted: packages unpacked, and what installing them would have written; no kernel."""

from __future__ import annotations

import inspect
import shutil
import subprocess
from pathlib import Path

from guests import enabling, maintainer
from guests.archive import packages
from guests.enabling import Units
from guests.errors import GuestsError
from guests.home import kept
from guests.layer import inside, link, write
from guests.maintainer import configure
from guests.programs import run
from guests.setup import SYSTEM, Setup
from guests.setups.every import SETUPS

_BASE = ("base-files", "base-passwd", "dash", "systemd", *SYSTEM)
_COMPANIONS = {
    "netplan.io": ("netplan-generator",),
    "dhcpcd": ("dhcpcd-base",),
    "cloud-init": ("cloud-init-base",),
    "dbus": ("dbus-system-bus-common",),
}
"""What belongs to a package and has what matters in it; some generations have these, some have not."""
_LEFT_OUT = (
    *("./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/info", "./usr/share/lintian"),
    *("./usr/share/bash-completion", "./usr/share/gnome", "./usr/share/zsh", "./usr/share/perl*"),
    *("./lib/udev/hwdb.d", "./usr/lib/udev/hwdb.d", "./lib/x86*", "./usr/lib/x86*"),
)
"""Big, and of no matter to the network."""
_MERGED = ("bin", "lib", "lib64", "sbin")
_UNITS_IN_LIB = ("bullseye", "bookworm")


def static(setup: Setup, folder: Path) -> None:
    """Write a guest into a folder that is not there yet."""
    run(["cp", "-a", "--reflink=auto", _unpacked(setup), folder])
    write(setup, folder)
    units = Units(folder, _packaged_units(setup.generation))
    for unit in setup.enabled:
        units.enable(unit)
    for unit in setup.disabled:
        units.disable(unit)
    for unit in setup.masked:
        units.mask(unit)


def prepare(setup: Setup) -> None:
    """Download and unpack the packages of a set-up, unless they are there already."""
    _unpacked(setup)


def packages_of(setup: Setup) -> tuple[str, ...]:
    """The packages that a static guest has."""
    return _with_companions((*_BASE, *setup.packages))


def _unpacked(setup: Setup) -> Path:
    """The folder with the packages of a set-up, unpacked when first asked for."""
    wanted = packages_of(setup)

    def make(folder: Path) -> None:
        debs = packages(setup.generation, _all_packages(setup.generation))
        tree = folder / "tree"
        _merge(tree)
        there = [name for name in wanted if name in debs]
        for name in there:
            _unpack(debs[name], tree)
        units = Units(tree, _packaged_units(setup.generation))
        for name in there:
            _configure(name, debs[name], units)

    return kept(f"unpacked-{setup.generation}", (*wanted, *_how()), make) / "tree"


def _how() -> tuple[str, ...]:
    """The text of what makes these folders: when it is changed, they are made anew."""
    return tuple(inspect.getsource(module) for module in (enabling, maintainer))


def _all_packages(generation: str) -> tuple[str, ...]:
    """All that the set-ups of a generation need: they are downloaded at once."""
    named = {name for setup in SETUPS.values() if setup.generation == generation for name in setup.packages}
    return _with_companions((*_BASE, *sorted(named)))


def _with_companions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for name in names for part in (name, *_COMPANIONS.get(name, ()))))


def _merge(tree: Path) -> None:
    """``/bin`` and its like are links into ``/usr``, as debootstrap makes them."""
    for name in _MERGED:
        (tree / "usr" / name).mkdir(parents=True)
        link(tree, f"/{name}", f"usr/{name}")


def _unpack(deb: Path, tree: Path) -> None:
    left_out = [f"--exclude={path}" for path in _LEFT_OUT]
    unpack: list[str | Path] = ["tar", "-C", tree, "--keep-directory-symlink", "--no-same-owner", *left_out, "-x"]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as source:
        done = subprocess.run(unpack, stdin=source.stdout, capture_output=True, check=False)
    if done.returncode or source.returncode:
        raise GuestsError(f"{deb} could not be unpacked: {done.stderr.decode('utf-8', 'replace')}")


def _configure(name: str, deb: Path, units: Units) -> None:
    """Do what the package's maintainer script does, and write the package into dpkg's list."""
    control = units.folder.parent / "control"
    run(["dpkg-deb", "--control", deb, control])
    script = control / "postinst"
    configure(name, script.read_text(encoding="utf-8") if script.exists() else "", units)
    status = inside(units.folder, "/var/lib/dpkg/status")
    status.parent.mkdir(parents=True, exist_ok=True)
    entry = (control / "control").read_text(encoding="utf-8")
    with status.open("a", encoding="utf-8") as file:
        file.write(entry.replace("\n", "\nStatus: install ok installed\n", 1) + "\n")
    shutil.rmtree(control)


def _packaged_units(generation: str) -> str:
    return "/lib/systemd/system" if generation in _UNITS_IN_LIB else "/usr/lib/systemd/system"
