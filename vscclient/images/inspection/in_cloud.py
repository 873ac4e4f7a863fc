"""Inspecting an image in the cloud: from the cache, a local copy, range requests, or a download."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from guestinspect.api import Inspection, inspect_blocks, inspect_disk
from guestinspect.model import guest
from guestinspect.model.disk import Disk, first_known, lazy_disk, packed_disk
from guestinspect.model.fact import NotYet, Unknown, once
from vscclient import errors
from vscclient.glance.ranges import RangedImage
from vscclient.images.cloud import Cloud, cloud_errors_as_unknown
from vscclient.images.data.source import Source, opened_source
from vscclient.images.data.verification import prove
from vscclient.images.inspection.download import downloaded
from vscclient.images.inspection.image_data import (
    NOT_INSPECTED,
    Cost,
    ImageData,
    disk_from_record,
    inspected_data,
    unknown_data,
)
from vscclient.images.inspection.inspection_cache import InspectionCache, user_cache
from vscclient.images.inspection.local import data_of_file
from vscclient.images.inspection.long_files import needs_whole_image, with_hint
from vscclient.images.inspection.remote_disk import RemoteBlocks
from vscclient.images.options.groups import InspectOptions
from vscclient.model.image import CLAIMS_ABOUT_DATA, COMPRESSED, Image
from vscclient.model.plan import Plan
from vscclient.model.terminal import Terminal

LOG = logging.getLogger(__name__)

NO_RANGES = (
    "this cloud does not support range requests; fetch the whole image: "
    "openstack vsc image check --download IMAGE, or check a local copy: openstack vsc image check IMAGE --file FILE"
)
"""Whole commands: not every command that inspects an image has the options. They fill the cache for the others."""

_PACKED = (
    "its data is compressed, and is not unpacked in the cloud: check a local copy: "
    "openstack vsc image check IMAGE --file FILE"
)

_DEACTIVATED = "it is deactivated; its data cannot be read until it is reactivated"


@contextmanager
def opened_data(cloud: Cloud, image: Image, inspect_options: InspectOptions, terminal: Terminal) -> Iterator[ImageData]:
    """Yield the data of an image, for as long as the context lasts. Nothing is read before a fact is asked for.

    Raises:
        DataNotVerified: The file that was named is not the data of the image.
        UnusableFile: It cannot be read.
    """
    cache = _cache_of(image) if inspect_options.cache else InspectionCache(None)
    with ExitStack() as stack:
        if inspect_options.file is not None:
            source = stack.enter_context(opened_source(inspect_options.file, None))
            prove(image, source, terminal)
            copy = data_of_file(source, inspect_options, image.container_format)
            yield _cached(inspected_data(copy.disk, lambda: _inspect_copy(copy, source), copy.cost), image, cache)
            return
        yield cache.load(image) or _with_record(
            _cached(_remote_data(cloud, image, inspect_options, terminal, stack), image, cache), image
        )


@contextmanager
def opened_data_for(
    cloud: Cloud, plan: Plan, inspect_options: InspectOptions, terminal: Terminal
) -> Iterator[ImageData]:
    """Yield the data of an image that a plan changes.

    It is read only if the plan widens, describes the data, or removes waivers. The data of a deactivated image can be
    read only after the plan has activated it: ``is_read_after_activation``.
    """
    image = plan.before or plan.image
    if is_read_after_activation(plan) and inspect_options.file is None and image.size_bytes:
        cached = _cache_of(image).load(image) if inspect_options.cache else None
        yield cached or _with_record(_unreadable_data(NotYet(_DEACTIVATED)), image)
        return
    describes_data = not plan.claims.isdisjoint(CLAIMS_ABOUT_DATA)
    if inspect_options.file is None and not (
        plan.widens or plan.may_readmit_members or describes_data or plan.removed_waivers
    ):
        yield known_data(image)
        return
    with opened_data(cloud, image, inspect_options, terminal) as data:
        yield data


def is_read_after_activation(plan: Plan) -> bool:
    """Return True if a plan lets others use data that cannot be read before the image is active again."""
    return plan.reactivates and (plan.widens or plan.may_readmit_members)


def _cache_of(image: Image) -> InspectionCache:
    """Return the cache for an image. Compressed data is not cached: for an image that is not unpacked it means more."""
    return InspectionCache(None) if image.container_format == COMPRESSED else user_cache()


def known_data(image: Image) -> ImageData:
    """Return what the cache and the record tell of the data of an image; nothing is read for it."""
    not_inspected = unknown_data(disk_from_record(image), Unknown(guest.NOT_INSPECTED))
    load = once(lambda: _cache_of(image).load(image) or not_inspected)
    return ImageData(
        disk=lazy_disk(lambda: load().disk),
        guest=guest.lazy_guest(lambda: load().guest),
        inspect=lambda: load().inspect(),
    )


def _remote_data(
    cloud: Cloud, image: Image, inspect_options: InspectOptions, terminal: Terminal, stack: ExitStack
) -> ImageData:
    if reason := _reason_not_to_read(image) or (None if inspect_options.inspect else NOT_INSPECTED):
        return _unreadable_data(reason)
    blocks = RangedImage(cloud.image_service, image)

    def open_remote() -> ImageData:
        """Open the data by range requests; by a download where the cloud does not support them and the user agrees."""
        with cloud_errors_as_unknown():
            try:
                blocks.read_at(0, 1)
            except errors.NoRanges as refusal:
                if not inspect_options.download:
                    raise Unknown(NO_RANGES) from refusal
                source = stack.enter_context(downloaded(cloud, image, terminal))
                return data_of_file(source, inspect_options, image.container_format)
        read = inspect_disk(RemoteBlocks(blocks))
        disk = packed_disk(read, _unpack_remote) if image.container_format == COMPRESSED else read
        return inspected_data(disk, inspect, lambda: Cost(blocks.requests, blocks.bytes_read))

    def inspect() -> Inspection:
        """Inspect by range requests; a download if they are not enough and the user agrees."""
        inspection = _inspect_remote(blocks, image)
        if not (needs_whole_image(inspection) and inspect_options.download):
            return with_hint(inspection)
        with cloud_errors_as_unknown():
            source = stack.enter_context(downloaded(cloud, image, terminal))
            return data_of_file(source, inspect_options, image.container_format).inspect()

    remote = once(open_remote)  # a failure is kept, too: a cloud without range requests is asked a single time

    def cost() -> Cost:
        try:
            return remote().cost()
        except Unknown:
            return Cost(blocks.requests, blocks.bytes_read)

    return inspected_data(lazy_disk(lambda: remote().disk), once(lambda: remote().inspect()), cost)


def _with_record(data: ImageData, image: Image) -> ImageData:
    """Return the data with what the record of the image tells, which costs no request.

    The record is not part of what the cache stores for all images of the same data: a qcow2 that is declared raw has
    another size there. For a compressed file, its sizes are those of that file.
    """
    if image.container_format == COMPRESSED:
        return data
    return replace(data, disk=first_known(disk_from_record(image), data.disk))


def _unpack_remote() -> Disk:
    raise Unknown(_PACKED)


def _unreadable_data(reason: Unknown) -> ImageData:
    """Return data that cannot be read: everything about it is unknown for this reason."""

    def read() -> Disk:
        raise reason

    return unknown_data(lazy_disk(read), reason)


def _reason_not_to_read(image: Image) -> Unknown | None:
    if not image.size_bytes:
        try:
            disk_from_record(image).references()
        except Unknown as reason:
            return reason
    if image.status == "deactivated":
        return Unknown(_DEACTIVATED)
    return None


def _inspect_remote(blocks: RangedImage, image: Image) -> Inspection:
    with cloud_errors_as_unknown():
        inspection = inspect_blocks(blocks, disk=Disk())  # rules ask for facts of the disk one by one
        has_changed = blocks.has_changed()
    LOG.info("%s: %d requests, %d bytes read to inspect it", image.id, blocks.requests, blocks.bytes_read)
    if has_changed:
        raise Unknown("the image changed while it was inspected; try again")
    return inspection


def _inspect_copy(copy: ImageData, source: Source) -> Inspection:
    """Inspect a file that is proved to be the data of an image, and is still the same afterwards."""
    inspection = copy.inspect()
    if source.has_changed() or source.reopened_if_touched():
        raise Unknown("the file changed while it was inspected; try again")
    return inspection


def _cached(data: ImageData, image: Image, cache: InspectionCache) -> ImageData:
    """Return the data; its inspection is stored in the cache."""

    def inspect() -> Inspection:
        inspection = data.inspect()
        if not needs_whole_image(inspection):  # a later command may download the image
            cache.store(image, data.disk, inspection)
        return inspection

    return inspected_data(data.disk, once(inspect), data.cost)
