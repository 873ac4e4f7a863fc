"""Getting an image into the cloud: its record, its data, the proof that it arrived, and only then its visibility.

Until the data is verified, whatever fails or interrupts deletes the record. After that the image is good, and stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from vscclient import errors
from vscclient.glance.upload_body import UploadBody
from vscclient.images.cloud import Cloud
from vscclient.images.data import importing
from vscclient.images.data.cleaning import clean_up, clean_up_unanswered
from vscclient.images.data.source import Source
from vscclient.images.data.verification import Verdict, verify
from vscclient.images.interruption.signals import exit_cleanly
from vscclient.model.image import Image
from vscclient.model.terminal import Progress, Terminal
from vscclient.model.visibility import Visibility

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How an image gets into the cloud.

    Args:
        image: The image as it shall be.
        source: Its data.
        complete: Called with the image as the cloud has it when all the data has been sent and nobody else can see it:
            returns it as it shall be, with what only the whole data tells, or raises what is wrong with it.
        by_import: Stage the data and import it, instead of a plain upload.
    """

    image: Image
    source: Source
    complete: Callable[[Image], Image]
    by_import: bool = False


def deliver(cloud: Cloud, delivery: Delivery, terminal: Terminal) -> tuple[Image, Verdict]:
    """Makes the image; returns its final record, and how far it is proved to be the data.

    Raises:
        UploadFailed: Nothing, or only a record that could not be deleted, is left.
        RefusedByPolicy: What only the whole data shows is against the policy; nothing is left.
        FollowUpFailed: The image is good and private; a later step failed.
    """
    with exit_cleanly():
        stored, verdict, wanted = _until_verified(cloud, delivery, terminal)
        return _finish(cloud, stored, wanted, verdict, terminal), verdict


def _until_verified(cloud: Cloud, delivery: Delivery, terminal: Terminal) -> tuple[Image, Verdict, Image]:
    # the ID is known before the request, so that the record can be deleted whenever it stops
    image_id = delivery.image.id or str(uuid4())
    hidden = replace(delivery.image, id=image_id, visibility=Visibility.PRIVATE, protected=False)
    token = cloud.fresh_token()
    is_made = False
    try:
        cloud.images.create(hidden)
        is_made = True
        sent, stored = _send(cloud, image_id, delivery, token, terminal)
        verdict = verify(stored, hidden, sent, delivery.source, terminal)
        wanted = delivery.complete(stored)
    except errors.DEFINITE_REFUSALS as cause:
        if not is_made:
            raise
        raise errors.UploadFailed(str(cause), clean_up(cloud, image_id)) from cause
    except errors.RefusedByPolicy as cause:
        raise errors.RefusedByPolicy(cause.report, clean_up(cloud, image_id)) from cause
    except BaseException as cause:
        if is_made:
            left = clean_up(cloud, image_id)
        elif delivery.image.id is None:
            left = clean_up_unanswered(cloud, image_id)
        else:  # somebody may have an image with this ID: it is not touched
            left = f"Nothing was sent. See whether it left a record: openstack image show {image_id}"
        if isinstance(cause, Exception):
            raise errors.UploadFailed(_sentence(cause), left) from cause
        terminal.say(f"Stopped. {left}")
        raise
    return stored, verdict, wanted


def _send(
    cloud: Cloud, image_id: str, delivery: Delivery, token: str | None, terminal: Terminal
) -> tuple[UploadBody, Image]:
    source = delivery.source
    with terminal.progress("sending", source.size_bytes) as progress:
        body = source.body(_passing(progress))
        if delivery.by_import:
            cloud.images.stage(image_id, body, token)
            progress.set_step("the cloud is importing it")
            importing.run(cloud, image_id)
        else:
            cloud.images.upload(image_id, body, token)
        progress.set_step("comparing")
        if source.has_changed():
            raise errors.UnusableFile(
                source.label, "it was written to while it was being sent; is an instance still using it?"
            )
        return body, cloud.images.get_with_retries(image_id)


def _passing(progress: Progress) -> Callable[[int], None]:
    """What follows the last byte can take minutes: it has a word of its own."""

    def passed(count_bytes: int) -> None:
        if count_bytes:
            progress.advance(count_bytes)
        else:
            progress.set_step("the cloud is storing it")

    return passed


def _sentence(cause: Exception) -> str:
    """What went wrong; an error that is none of ours has its kind in front, since its text alone may say little."""
    if isinstance(cause, errors.Error | OSError):
        return str(cause)
    LOG.debug("unexpected", exc_info=True)
    return f"{type(cause).__name__}: {cause}"


def _finish(cloud: Cloud, stored: Image, wanted: Image, verdict: Verdict, terminal: Terminal) -> Image:
    """Gives the complete image what it shall have: who may see it, its protection, what only the whole data told."""
    changes = _changes(stored, wanted)
    if not changes or stored.id is None:
        return stored
    finish = f"openstack image set {' '.join(_option(*change) for change in changes.items())} {stored.id}"
    try:
        return cloud.images.change(stored.id, changes)
    except Exception as failure:
        raise errors.FollowUpFailed(stored.id, verdict.in_words, _sentence(failure), finish) from failure
    except (KeyboardInterrupt, SystemExit):
        terminal.say(f"Stopped. The image is complete and private. Finish with: {finish}")
        raise


def _changes(stored: Image, wanted: Image) -> dict[str, str | bool | int]:
    have, want = _settled(stored), _settled(wanted)
    return {field: value for field, value in want.items() if value != have.get(field)}


def _settled(image: Image) -> dict[str, str | bool | int]:
    """The fields that are set when the data is there, in Glance's words."""
    settled: dict[str, str | bool | int] = {
        "visibility": image.visibility,
        "protected": image.protected,
        "min_disk": image.min_disk_gib,
    }
    return settled | dict(image.properties)


def _option(field: str, value: object) -> str:
    """The option of ``openstack image set`` for a field."""
    named = {
        "visibility": f"--{value}",
        "protected": "--protected" if value else "--unprotected",
        "min_disk": f"--min-disk {value}",
    }
    return named.get(field, f"--property {field}={value}")
