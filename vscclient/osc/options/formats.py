"""The formats of the data."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

CONTAINER_FORMATS = ("ami", "ari", "aki", "bare", "docker", "ova", "ovf")
DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vhdx", "vdi", "iso", "ploop")
"""Those of ``openstack image create``."""


def add(parser: ArgumentParser) -> None:
    """Adds ``--container-format`` and ``--disk-format``."""
    parser.add_argument(
        "--container-format",
        metavar="<container-format>",
        choices=CONTAINER_FORMATS,
        help=f"Image container format: {', '.join(CONTAINER_FORMATS)} (new images: bare)",
    )
    parser.add_argument(
        "--disk-format",
        metavar="<disk-format>",
        choices=DISK_FORMATS,
        help=f"Image disk format: {', '.join(DISK_FORMATS)} (new images: found out from the file)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"container_format": args.container_format, "disk_format": args.disk_format}
