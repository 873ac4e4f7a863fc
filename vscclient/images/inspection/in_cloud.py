"""Looking into an image in the cloud: by what is known, by a copy of it, by parts, or by all of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from guestinspect.api import Inspection, inspect_blocks, inspect_disk
from guestinspect.model import guest
from guestinspect.model.disk import Disk, first_known, lazily
from guestinspect.model.fact import Unknown, once
from vscclient import errors
from vscclient.glance.ranges import RangedImage
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import Source, opened
from vscclient.images.data.verification import prove
from vscclient.images.inspection import inspection_cache, local
from vscclient.images.inspection.bits import NOT_INSPECTED, Bits, Cost, unseen
from vscclient.images.inspection.download import downloaded
from vscclient.images.inspection.parts import Parts, telling
from vscclient.images.options.groups import InspectOptions
from vscclient.images.policy_check.record import of_record
from vscclient.model.image import MULTI_NIC, Image
from vscclient.model.plan import Plan
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

LOG = logging.getLogger(__name__)

_OF_THE_GUEST = (MULTI_NIC, "architecture", "os_distro", "os_version", "hw_firmware_type")
"""Properties that say something of the guest, which can be compared with it."""

NO_PARTS = (
    "this cloud gives no parts of an image to look at: let all of it be fetched with --download, or check a copy of "
    "it: openstack vsc image check IMAGE --file FILE"
)


@contextmanager
def bits_of(cloud: Cloud, image: Image, inspect_options: InspectOptions, terminal: Terminal) -> Iterator[Bits]:
    """What is known of the bits of an image, for as long as the context lasts. Nothing is read before it is asked for.

    Raises:
        DataNotVerified: The file that was named is not the data of the image.
        UnusableFile: It cannot be read.
    """
    cache = inspection_cache.of_user() if inspect_options.cache else inspection_cache.InspectionCache(None)
    with ExitStack() as stack:
        if inspect_options.file is not None:
            source = stack.enter_context(opened(inspect_options.file, None))
            prove(image, source, terminal)
            copy = local.bits_of(source, inspect_options)
            yield _keeping(replace(copy, inspect=lambda: _look_at_copy(copy, source)), image, cache)
            return
        yield cache.of(image) or _keeping(_unread(cloud, image, inspect_options, terminal, stack), image, cache)


@contextmanager
def bits_for(cloud: Cloud, plan: Plan, inspect_options: InspectOptions, terminal: Terminal) -> Iterator[Bits]:
    """The same, for who changes an image: what is old in it is nobody's concern, unless others are let in."""
    image = plan.before or plan.image
    if inspect_options.file is None and not (plan.widens or _may_let_back_in(plan) or _speaks_of_the_guest(plan)):
        yield known_bits_of(image)
        return
    with bits_of(cloud, image, inspect_options, terminal) as bits:
        yield bits


def known_bits_of(image: Image) -> Bits:
    """What is known of the bits of an image without reading any of it."""
    return inspection_cache.of_user().of(image) or unseen(of_record(image), Unknown(guest.NOT_INSPECTED))


def _may_let_back_in(plan: Plan) -> bool:
    """Whether projects that had it before may have it again; who, the cloud tells only when it is done."""
    before = plan.before or plan.image
    return before.visibility is Visibility.PRIVATE and plan.image.visibility is Visibility.SHARED


def _speaks_of_the_guest(plan: Plan) -> bool:
    """Whether it says something else of the guest than before."""
    before = plan.before.properties if plan.before else {}
    return any(plan.image.properties.get(key) != before.get(key) for key in _OF_THE_GUEST)


def _unread(cloud: Cloud, image: Image, inspect_options: InspectOptions, terminal: Terminal, stack: ExitStack) -> Bits:
    disk = of_record(image)
    why_not = _why_not(image, disk) or (None if inspect_options.inspect else NOT_INSPECTED)
    if why_not:
        return _unseen(disk, why_not)
    parts = RangedImage(cloud.image_service, image)

    def reach() -> Bits:
        """The data by parts; all of it, where the cloud gives no parts, and the user wants that."""
        with telling():
            try:
                parts.read_at(0, 1)
            except errors.NoRanges as refusal:
                if not inspect_options.download:
                    raise Unknown(NO_PARTS) from refusal
                source = stack.enter_context(downloaded(cloud, image, terminal))
                return local.bits_of(source, inspect_options)
        return Bits(
            disk=inspect_disk(Parts(parts)),
            inspect=lambda: _look_at(parts, image),
            cost=lambda: Cost(parts.requests, parts.bytes_read),
        )

    reached = once(reach)

    def cost() -> Cost:
        try:
            return reached().cost()
        except Unknown:
            return Cost(parts.requests, parts.bytes_read)

    return Bits(
        disk=first_known(disk, lazily(lambda: reached().disk)), inspect=once(lambda: reached().inspect()), cost=cost
    )


def _unseen(disk: Disk, why: Unknown) -> Bits:
    """Bits that nobody can read: what the record does not tell of the disk is unknown for the same reason."""

    def read() -> Disk:
        raise why

    return unseen(first_known(disk, lazily(read)), why)


def _why_not(image: Image, disk: Disk) -> Unknown | None:
    """Why there is nothing to look at; None: there is."""
    if not image.size_bytes or "block_device_mapping" in image.properties:
        try:
            disk.references()
        except Unknown as unfound:
            return unfound
    if not image.is_disk:
        return Unknown("it is no disk")
    if image.status == "deactivated":
        return Unknown("it is deactivated: nobody gets its data before it is activated")
    return None


def _look_at(parts: RangedImage, image: Image) -> Inspection:
    with telling():
        found = inspect_blocks(parts, disk=Disk())  # rules ask for facts of the disk one by one
        changed = parts.has_changed()
    LOG.info("%s: %d requests, %d bytes read to look inside", image.id, parts.requests, parts.bytes_read)
    if changed:
        raise Unknown("the image was changed while it was looked at; try again")
    return found


def _look_at_copy(copy: Bits, source: Source) -> Inspection:
    """What a look finds in a file that is still what was proved."""
    found = copy.inspect()
    if source.has_changed():
        raise Unknown("the file was changed while it was looked at; try again")
    return found


def _keeping(bits: Bits, image: Image, cache: inspection_cache.InspectionCache) -> Bits:
    """The same, and what the look finds is kept."""

    def inspect() -> Inspection:
        found = bits.inspect()
        cache.keep(image, bits.disk, found)
        return found

    return replace(bits, inspect=once(inspect))
