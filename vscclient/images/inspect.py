"""Looking inside an image, or a file, and telling what is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from guestinspect.model.fact import Fact, Provider, Unknown
from guestinspect.model.guest import Boot, CloudInit, Guest, NicHotplug, NicsAtBoot
from guestinspect.model.leftover import Kind, Leftover
from vscclient import errors
from vscclient.images import access
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import STANDARD_INPUT, opened, read_through
from vscclient.images.inspection import in_cloud, local
from vscclient.images.inspection.bits import Bits, Cost
from vscclient.images.options import InspectOptions
from vscclient.model.terminal import Terminal

__all__ = ["InspectOptions", "Inspected", "Options", "run"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is looked into.

    Args:
        image: Name or ID of an image.
        looking: How; with a file and an image, the file is proved to be the image's data.
    """

    image: str | None = None
    inspect_options: InspectOptions = InspectOptions()


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What is there. What could not be found out is None; ``unknown`` says why.

    Args:
        virtual_size_bytes: The size that the guest sees, in bytes.
        unclean_file_systems: The file systems that were not unmounted, and what was not looked at for that.
        leftovers: What was left in it, by kind; a kind that could not be looked for is missing.
        unknown: Why, by the name of the fact, or the kind of leftover.
        seconds: How long it took.
    """

    disk_format: str | None
    virtual_size_bytes: int | None
    os_distro: str | None
    os_version: str | None
    architecture: str | None
    boot: Boot | None
    cloud_init: CloudInit | None
    network_stacks: tuple[str, ...] | None
    nics_at_boot: NicsAtBoot | None
    nic_hotplug: NicHotplug | None
    unclean_file_systems: tuple[str, ...] | None
    leftovers: dict[Kind, tuple[Leftover, ...]]
    unknown: dict[str, str]
    cost: Cost
    seconds: float


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Inspected:
    """Looks inside. With a file alone, no cloud is asked.

    Raises:
        Usage: Neither an image nor a file is named.
        NoSuchImage: There is none.
        OtherData: The file is not the data of the image.
        UnusableFile: The file cannot be read.
    """
    begun = time.monotonic()
    with _bits(cloud, options, terminal) as bits:
        inspected = _inspected(bits)
        return replace(inspected, cost=bits.cost(), seconds=round(time.monotonic() - begun, 3))


@contextmanager
def _bits(cloud: Cloud, options: Options, terminal: Terminal) -> Iterator[Bits]:
    if options.image is not None:
        with in_cloud.bits_of(cloud, access.find(cloud, options.image), options.inspect_options, terminal) as bits:
            yield bits
        return
    file = options.inspect_options.file
    if not file:
        raise errors.Usage("Name an image, or a file with --file, or both")
    with opened(file, None) as source:
        if file == STANDARD_INPUT:
            read_through(source, terminal)
        yield local.bits_of(source, options.inspect_options)


@dataclass(frozen=True)
class _Asking:
    """Asks for facts, and writes down why some are unknown."""

    unknown: dict[str, str] = field(default_factory=dict)

    def value(self, name: str, find: Callable[[], Fact[T]]) -> T | None:
        """What was found; None: nobody could."""
        try:
            return find().value
        except Unknown as unfound:
            self.unknown[name] = unfound.why
            return None

    def leftovers(self, guest: Guest) -> dict[Kind, tuple[Leftover, ...]]:
        """What was left, by kind."""
        found = {kind: self.value(str(kind), _of_kind(guest, kind)) for kind in Kind}
        return {kind: left for kind, left in found.items() if left is not None}


def _of_kind(guest: Guest, kind: Kind) -> Provider[tuple[Leftover, ...]]:
    return lambda: guest.leftovers(kind)


def _inspected(bits: Bits) -> Inspected:
    asking, guest = _Asking(), bits.guest
    return Inspected(
        disk_format=asking.value("disk_format", bits.disk.disk_format),
        virtual_size_bytes=asking.value("virtual_size", bits.disk.virtual_size_bytes),
        os_distro=asking.value("os_distro", guest.os_distro),
        os_version=asking.value("os_version", guest.os_version),
        architecture=asking.value("architecture", guest.architecture),
        boot=asking.value("firmware", guest.boot),
        cloud_init=asking.value("cloud_init", guest.cloud_init),
        network_stacks=asking.value("network_stack", guest.network_stacks),
        nics_at_boot=asking.value("nics_at_boot", guest.nics_at_boot),
        nic_hotplug=asking.value("nic_hotplug", guest.nic_hotplug),
        unclean_file_systems=asking.value("unclean_file_systems", guest.unclean_file_systems),
        leftovers=asking.leftovers(guest),
        unknown=asking.unknown,
        cost=Cost(),
        seconds=0.0,
    )
