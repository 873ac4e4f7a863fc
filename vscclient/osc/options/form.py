"""The fields of the dashboard's form that are properties of the image."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--description`` and the others."""
    parser.add_argument("--description", metavar="<description>", help="What the image is, for those who look for one")
    parser.add_argument("--architecture", metavar="<architecture>", help="Architecture of the guest, such as x86_64")
    parser.add_argument("--os-distro", metavar="<os-distro>", help="Operating system of the guest, such as debian")
    parser.add_argument("--os-version", metavar="<os-version>", help="Version of the operating system, such as 12")
    parser.add_argument("--kernel", metavar="<image>", help="Image with the kernel to boot (name or ID)")
    parser.add_argument("--ramdisk", metavar="<image>", help="Image with the ramdisk to boot (name or ID)")
    nics = parser.add_mutually_exclusive_group()
    nics.add_argument(
        "--multi-nic",
        dest="multi_nic",
        action="store_const",
        const=True,
        help="The guest uses several network interfaces: the outside world and the shared storage",
    )
    nics.add_argument(
        "--single-nic", dest="multi_nic", action="store_const", const=False, help="The guest uses one network interface"
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Form``."""
    fields = ("description", "architecture", "os_distro", "os_version", "kernel", "ramdisk", "multi_nic")
    return {field: getattr(args, field) for field in fields}
