"""The actions of ``python -m guests builder``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from guests.booted.machine import qemu_version
from guests.builders import records
from guests.builders.all_builders import find_builders
from guests.builders.builder import Builder, Firmware
from guests.builders.copied_disk import find_copy
from guests.builders.image_copy import write_copy
from guests.builders.observation import ImageBoot, boot_image
from guests.builders.workshop import build_image, read_versions
from guests.errors import GuestsError
from guests.setup import Source


def add_parser(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``builder`` and its actions to the command line."""
    top = actions.add_parser("builder", help="make and boot images of builders that people use")
    builder_actions = top.add_subparsers(dest="builder_action", required=True)
    names = argparse.ArgumentParser(add_help=False)
    names.add_argument("names", nargs="*", metavar="NAME", help="a builder (default: all)")
    keep = argparse.ArgumentParser(add_help=False)
    keep.add_argument("--keep", type=Path, metavar="FOLDER", help="keep packets, console and screen in a folder")
    builder_actions.add_parser("list", parents=[names], help="list the builders and the behavior of their images")
    builder_actions.add_parser("make", parents=[names], help="make images; needs root")
    builder_actions.add_parser(
        "copy", parents=[names], help="make the small copies of images for the tests; needs root"
    )
    booting = builder_actions.add_parser("boot", parents=[names, keep], help="boot images and record their behavior")
    booting.add_argument("--missing", action="store_true", help="boot only builders that changed since their last boot")
    other = builder_actions.add_parser("boot-file", parents=[keep], help="boot another image, without a record")
    other.add_argument("file", type=Path, metavar="FILE", help="the image of a disk; it is not written to")
    other.add_argument("--firmware", type=Firmware, choices=list(Firmware), default=Firmware.BIOS)
    other.add_argument("--no-config-drive", action="store_true", help="boot without a data source")


def run_action(arguments: argparse.Namespace) -> int:
    """Run an action of ``builder``. Returns the exit status."""
    if arguments.builder_action == "boot-file":
        source = Source.NONE if arguments.no_config_drive else Source.CONFIG_DRIVE
        print(describe(boot_image(arguments.file, arguments.firmware, source, arguments.keep)))
        return 0
    builders = find_builders(arguments.names)
    match arguments.builder_action:
        case "make":
            for builder in builders:
                print(build_image(builder), flush=True)
            return 0
        case "copy":
            for builder in builders:
                write_copy(build_image(builder), find_copy(builder))
                print(find_copy(builder), flush=True)
            return 0
        case "boot":
            return boot_all(builders, arguments)
    for builder in builders:
        for source in builder.sources:
            print(f"{builder.name}\t{source}\t{describe(records.find_boot(builder, source))}")
    return 0


def boot_all(builders: Sequence[Builder], arguments: argparse.Namespace) -> int:
    """Boot the images of builders; one that cannot be made does not stop the others."""
    status = 0
    for builder in builders:
        for source in builder.sources:
            if arguments.missing and records.find_boot(builder, source):
                continue
            folder = arguments.keep / f"{builder.name}-{source.name.lower()}" if arguments.keep else None
            try:
                boot = boot_image(build_image(builder), builder.firmware, source, folder)
            except GuestsError as error:
                print(f"{builder.name}\t{source}\tFAILED: {error}", file=sys.stderr, flush=True)
                status = 1
                break
            records.record(builder, source, boot, {"qemu": qemu_version(), "packages": read_versions(builder)})
            print(f"{builder.name}\t{source}\t{describe(boot)}", flush=True)
    return status


def describe(boot: ImageBoot | None) -> str:
    """Return a line about a boot."""
    if boot is None:
        return "not booted"
    if boot.failure:
        return f"failed: {boot.failure}"
    positions = " ".join(map(str, boot.positions))
    return f"{len(boot.positions)} ({positions}), attached later: {'yes' if boot.hotplugged_up else 'no'}"
