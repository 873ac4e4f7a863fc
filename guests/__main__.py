"""``python -m guests``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from guests import comparing, truth
from guests.booting import boot
from guests.errors import GuestsError
from guests.installed import versions
from guests.looked_at import static_disk
from guests.machine import version
from guests.setup import Setup, Source
from guests.setups.every import named


def main() -> int:
    """Do what the arguments say. Returns the exit status."""
    arguments = parser().parse_args()
    try:
        return do(arguments)
    except GuestsError as error:
        print(error, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    top = argparse.ArgumentParser(prog="python -m guests", description="Guests of real packages, and what they do.")
    actions = top.add_subparsers(dest="action", required=True)
    names = argparse.ArgumentParser(add_help=False)
    names.add_argument("names", nargs="*", metavar="NAME", help="a set-up; none: all")
    actions.add_parser("list", parents=[names], help="the set-ups, and what they did")
    booting = actions.add_parser("boot", parents=[names], help="boot them, and write down what they did")
    booting.add_argument("--jobs", type=int, default=1, metavar="N", help="boot so many at once")
    booting.add_argument("--missing", action="store_true", help="only what was not booted since it was changed")
    booting.add_argument("--keep", type=Path, metavar="FOLDER", help="keep what the guests said")
    actions.add_parser("compare", parents=[names], help="static guests with installed ones; as root, or by fakeroot")
    actions.add_parser("forget", parents=[names], help="forget what they did, until they are booted again")
    making = actions.add_parser("make", parents=[names], help="make disks of static guests")
    making.add_argument("--folder", type=Path, default=Path(), help="where to; the current folder if nothing is said")
    return top


def do(arguments: argparse.Namespace) -> int:
    """Do one action. Returns the exit status."""
    setups = named(arguments.names)
    match arguments.action:
        case "boot":
            return boot_all(setups, arguments)
        case "compare":
            return compare(setups)
        case "forget":
            return forget(setups)
        case "make":
            return make(setups, arguments.folder)
    return show(setups)


def show(setups: Sequence[Setup]) -> int:
    """A line for each boot."""
    for setup in setups:
        for source in setup.sources:
            print(f"{setup.name}\t{source}\t{_in_words(truth.known(setup, source))}")
    return 0


def boot_all(setups: Sequence[Setup], arguments: argparse.Namespace) -> int:
    """Boot guests, several at once; one that fails does not stop the others."""
    wanted = [(setup, source) for source in Source for setup in setups if source in setup.sources]
    if arguments.missing:
        wanted = [(setup, source) for setup, source in wanted if truth.known(setup, source) is None]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = [pool.submit(_boot_one, setup, source, arguments.keep) for setup, source in wanted]
    return max((each.result() for each in waiting), default=0)


def compare(setups: Sequence[Setup]) -> int:
    """A line for each path in which a static guest differs from the installed one."""
    found = [f"{setup.name}\t{line}" for setup in setups for line in comparing.differences(setup)]
    print("\n".join(found) or "no difference")
    return 1 if found else 0


def forget(setups: Sequence[Setup]) -> int:
    """They are to be booted again."""
    for setup in setups:
        truth.forget(setup)
    return 0


def make(setups: Sequence[Setup], folder: Path) -> int:
    """Make a disk for each set-up, named as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for setup in setups:
        made = folder / f"{setup.name}.{setup.disk_format}"
        static_disk(setup, made)
        print(made)
    return 0


def _boot_one(setup: Setup, source: Source, keep: Path | None) -> int:
    kept = keep / f"{setup.name}-{source.name.lower()}" if keep else None
    try:
        booted = boot(setup, source, kept)
    except GuestsError as error:
        print(f"{setup.name}\t{source}\tFAILED: {error}", file=sys.stderr, flush=True)
        return 1
    truth.record(setup, source, booted, {"qemu": version(), "packages": versions(setup)})
    print(f"{setup.name}\t{source}\t{_in_words(truth.known(setup, source))}", flush=True)
    return 0


def _in_words(known: truth.Truth | None) -> str:
    if known is None:
        return "not booted"
    attached = "yes" if known.hotplugged_up else "no"
    return f"{len(known.up)} ({' '.join(known.up)}), attached later: {attached}, routes: {known.default_routes}"


if __name__ == "__main__":
    sys.exit(main())
