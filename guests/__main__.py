"""``python -m guests``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from guests import comparison, truth
from guests.booted.installation import read_versions
from guests.booted.machine import qemu_version
from guests.booted.observation import boot
from guests.builders import actions as builder_actions
from guests.errors import GuestsError
from guests.setup import MachineType, Setup, Source
from guests.setups.all_setups import find_setups
from guests.static.static_disk import make_static_disk


def main() -> int:
    """Run the command line. Returns the exit status."""
    arguments = build_parser().parse_args()
    try:
        return run_action(arguments)
    except GuestsError as error:
        print(error, file=sys.stderr)
        return 1


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m guests", description="Boot guests of real packages, and copy them.")
    actions = top.add_subparsers(dest="action", required=True)
    names = argparse.ArgumentParser(add_help=False)
    names.add_argument("names", nargs="*", metavar="NAME", help="a set-up (default: all)")
    actions.add_parser("list", parents=[names], help="list the set-ups and their recorded behavior")
    booting = actions.add_parser("boot", parents=[names], help="boot set-ups and record their behavior")
    booting.add_argument("--jobs", type=int, default=1, metavar="N", help="boot N guests at once (default: 1)")
    booting.add_argument("--missing", action="store_true", help="boot only set-ups that changed since their last boot")
    booting.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the output of the guests in a folder")
    actions.add_parser("compare", parents=[names], help="compare static guests with installed ones; needs fakeroot")
    actions.add_parser("forget", parents=[names], help="remove the recorded behavior until the next boot")
    making = actions.add_parser("make", parents=[names], help="make disks of static guests")
    making.add_argument("--folder", type=Path, default=Path(), help="the folder for the disks (default: the current)")
    builder_actions.add_parser(actions)
    return top


def run_action(arguments: argparse.Namespace) -> int:
    """Run one action. Returns the exit status."""
    if arguments.action == "builder":
        return builder_actions.run_action(arguments)
    setups = find_setups(arguments.names)
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
    """Print a line for each boot of the set-ups."""
    for setup in setups:
        for source, machine in setup.boots:
            print(f"{setup.name}\t{source}\t{machine}\t{_describe(truth.find_truth(setup, source, machine))}")
    return 0


def boot_all(setups: Sequence[Setup], arguments: argparse.Namespace) -> int:
    """Boot guests, several at once; one that fails does not stop the others."""
    boots = [(setup, *boot) for setup in setups for boot in setup.boots]
    if arguments.missing:
        boots = [each for each in boots if truth.find_truth(*each) is None]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = [pool.submit(_boot_one, *each, arguments.keep) for each in boots]
    return max((each.result() for each in waiting), default=0)


def compare(setups: Sequence[Setup]) -> int:
    """Print a line for each path in which a static guest differs from the installed one."""
    differences = [f"{setup.name}\t{line}" for setup in setups for line in comparison.find_differences(setup)]
    print("\n".join(differences) or "no differences")
    return 1 if differences else 0


def forget(setups: Sequence[Setup]) -> int:
    """Remove the recorded behavior of the set-ups."""
    for setup in setups:
        truth.forget(setup)
    return 0


def make(setups: Sequence[Setup], folder: Path) -> int:
    """Make a disk for each set-up, with its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for setup in setups:
        disk = folder / f"{setup.name}.{setup.disk_format}"
        make_static_disk(setup, disk)
        print(disk)
    return 0


def _boot_one(setup: Setup, source: Source, machine: MachineType, keep: Path | None) -> int:
    words = (setup.name, source, machine)
    folder = keep / f"{setup.name}-{source.name.lower()}-{machine.name.lower()}" if keep else None
    try:
        result = boot(setup, source, machine, folder)
    except GuestsError as error:
        print(*words, f"FAILED: {error}", sep="\t", file=sys.stderr, flush=True)
        return 1
    truth.record(setup, source, machine, result, {"qemu": qemu_version(), "packages": read_versions(setup)})
    print(*words, _describe(truth.find_truth(setup, source, machine)), sep="\t", flush=True)
    return 0


def _describe(recorded: truth.Truth | None) -> str:
    if recorded is None:
        return "not booted"
    attached = "yes" if recorded.hotplugged_up else "no"
    return (
        f"{len(recorded.up)} ({' '.join(recorded.up)}), attached later: {attached}, routes: {recorded.default_routes}"
    )


if __name__ == "__main__":
    sys.exit(main())
