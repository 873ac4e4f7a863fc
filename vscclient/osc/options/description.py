"""The properties and tags of an image."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vscclient.images.options.groups import Description


def add(parser: ArgumentParser) -> None:
    """Add ``--description`` and the other options for one property each."""
    parser.add_argument(
        "--description", metavar="<description>", help="Purpose of the image, for people who search for an image"
    )
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
        help="The guest uses several network interfaces: one for the outside world, one for the shared storage",
    )
    nics.add_argument(
        "--single-nic", dest="multi_nic", action="store_const", const=False, help="The guest uses one network interface"
    )


def add_properties(parser: ArgumentParser) -> None:
    """Add ``--property`` and ``--tag``."""
    parser.add_argument(
        "--property",
        dest="properties",
        metavar="<key=value>",
        type=_key_and_value,
        action="append",
        help="Set a property on this image (repeat option to set multiple properties)",
    )
    parser.add_argument(
        "--property-file",
        dest="property_file",
        metavar="<file>",
        help="Set the properties in this file (YAML or JSON, a name and a value each; - is standard input)",
    )
    parser.add_argument(
        "--tag",
        dest="tags",
        metavar="<tag>",
        action="append",
        help="Set a tag on this image (repeat option to set multiple tags)",
    )


def read(args: Namespace) -> Description:
    """Return the values. Not every command has ``--property`` and ``--tag``."""
    from vscclient.images.options.groups import Description

    return Description(
        description=args.description,
        architecture=args.architecture,
        os_distro=args.os_distro,
        os_version=args.os_version,
        kernel=args.kernel,
        ramdisk=args.ramdisk,
        multi_nic=args.multi_nic,
        properties=_properties(args),
        tags=tuple(getattr(args, "tags", None) or ()),
    )


def _properties(args: Namespace) -> dict[str, str]:
    """Return the properties of ``--property`` and of ``--property-file``.

    Raises:
        UsageError: Both options give a property, with different values; or standard input is needed for two things.
    """
    by_option, path = dict(getattr(args, "properties", None) or ()), getattr(args, "property_file", None)
    if path is None:
        return by_option
    from vscclient import errors
    from vscclient.images.options.property_file import STANDARD_INPUT, merge_properties, read_properties

    if path == STANDARD_INPUT == getattr(args, "file", None):
        raise errors.UsageError("--file and --property-file cannot both be standard input")
    return merge_properties(by_option, read_properties(path), path)


def _key_and_value(text: str) -> tuple[str, str]:
    """Split ``key=value``. osc-lib's own action ends with a wrong exit status in its older versions."""
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise ArgumentTypeError(f"expected 'key=value', but got: {text}")
    return key, value
