"""Inspecting an image, or a file, and reporting what is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import Boot, CloudInit, NicHotplug, NicsAtBoot
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.model.machine import MachineType
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import STANDARD_INPUT, opened_source, read_through
from vscclient.images.inspection import in_cloud, local
from vscclient.images.inspection.image_data import Cost, ImageData
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import InspectOptions
from vscclient.model.image import Image
from vscclient.model.instance import guest_in_machine, guest_on_disk_bus, machine_of
from vscclient.model.terminal import Terminal
from vscclient.site.settings import load_machine_type

__all__ = ["InspectOptions", "Inspected", "Options", "run"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The image or file to inspect.

    Args:
        image: Name or ID of an image.
        inspect_options: With a file and an image, the file is proved to be the image's data.
        machine: The machine type to inspect it for; None: that of the image, or of the site.
        policy: Path of a site's policy file; None: the one that the environment names, if any.
    """

    image: str | None = None
    inspect_options: InspectOptions = InspectOptions()
    machine: MachineType | None = None
    policy: str | None = None


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """The facts that were found. What is unknown is None; ``unknown`` has the reason.

    Args:
        virtual_size_bytes: The size of the disk as the guest sees it, in bytes.
        machine_type: The machine type that the facts about NICs hold for, as QEMU names it.
        unclean_file_systems: The file systems that were not unmounted, and what was not inspected for that reason.
        leftovers: What was left in the guest, by kind; a kind that could not be searched is missing.
        unknown: The reasons, by the name of the fact or the kind of leftover.
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
    machine_type: str
    nics_at_boot: NicsAtBoot | None
    nic_hotplug: NicHotplug | None
    unclean_file_systems: tuple[str, ...] | None
    leftovers: dict[Kind, tuple[Leftover, ...]]
    unknown: dict[str, str]
    cost: Cost
    seconds: float


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Inspected:
    """Inspect an image or a file. With a file alone, do not contact the cloud.

    Raises:
        UsageError: Neither an image nor a file is named.
        NoSuchImage: The image cannot be found.
        DataNotVerified: The file is not the data of the image.
        UnusableFile: The file, or the policy file, cannot be read.
        InvalidPolicyFile: The policy file has a mistake.
    """
    start = time.monotonic()
    default = load_machine_type(options.policy)
    with _opened_data(cloud, options, terminal) as (image, data):
        facts = _FactReader()
        if options.machine is not None:
            on_disk_bus = guest_on_disk_bus(data.guest, image)
            guest, machine_type = on_disk_bus.in_machine(options.machine), str(options.machine)
        else:
            guest, machine_type = guest_in_machine(data.guest, image, default), machine_of(image, default)
        return Inspected(
            disk_format=facts.read("disk_format", data.disk.disk_format),
            virtual_size_bytes=facts.read("virtual_size", data.disk.virtual_size_bytes),
            os_distro=facts.read("os_distro", guest.os_distro),
            os_version=facts.read("os_version", guest.os_version),
            architecture=facts.read("architecture", guest.architecture),
            boot=facts.read("firmware", guest.boot),
            cloud_init=facts.read("cloud_init", guest.cloud_init),
            network_stacks=facts.read("network_stack", guest.network_stacks),
            machine_type=machine_type,
            nics_at_boot=facts.read("nics_at_boot", guest.nics_at_boot),
            nic_hotplug=facts.read("nic_hotplug", guest.nic_hotplug),
            unclean_file_systems=facts.read("unclean_file_systems", guest.unclean_file_systems),
            leftovers={
                kind: found
                for kind in Kind
                if (found := facts.read(str(kind), partial(guest.leftovers, kind))) is not None
            },
            unknown=facts.unknown,
            cost=data.cost(),
            seconds=round(time.monotonic() - start, 3),
        )


@contextmanager
def _opened_data(cloud: Cloud, options: Options, terminal: Terminal) -> Iterator[tuple[Image | None, ImageData]]:
    if options.image is not None:
        image = find_image(cloud, options.image)
        with in_cloud.opened_data(cloud, image, options.inspect_options, terminal) as data:
            yield image, data
        return
    file = options.inspect_options.file
    if not file:
        raise errors.UsageError("Name an image, or a file with --file, or both")
    with opened_source(file, None) as source:
        if file == STANDARD_INPUT:
            read_through(source, terminal)
        yield None, local.data_of_file(source, options.inspect_options)


@dataclass(frozen=True)
class _FactReader:
    """Reads facts, and collects the reasons why some are unknown."""

    unknown: dict[str, str] = field(default_factory=dict)

    def read(self, name: str, find: Callable[[], Fact[T]]) -> T | None:
        """Return the value of a fact; None if it is unknown."""
        try:
            return find().value
        except Unknown as reason:
            self.unknown[name] = reason.why
            return None
