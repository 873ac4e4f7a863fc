"""Delivering an image to the cloud: its record, its data, the verification, and only then its visibility.

Until the data is verified, a failure or a signal (as an exception) deletes the record. After that the image is
complete, and stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from vscclient import errors
from vscclient.glance.upload_body import UploadBody
from vscclient.images.cloud import Cloud
from vscclient.images.data.cleanup import clean_up, clean_up_unanswered
from vscclient.images.data.source import Source
from vscclient.images.data.staged_import import import_staged
from vscclient.images.data.verification import Verdict, verify
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An image to deliver.

    Args:
        image: The image as it will be.
        source: Its data.
        complete: Called with the stored image when all data was sent and nobody else can see the image. Returns the
            image with what only the whole data tells, or raises the error that stops the delivery.
        by_import: Stage the data and import it, instead of a plain upload.
    """

    image: Image
    source: Source
    complete: Callable[[Image], Image]
    by_import: bool = False


def deliver(cloud: Cloud, delivery: Delivery, terminal: Terminal) -> tuple[Image, Verdict]:
    """Create the image; return its final record, and whether its data was verified.

    Raises:
        UploadFailed: Nothing is left, or only a record that could not be deleted.
        RefusedByPolicy: The policy refuses what only the whole data shows; nothing is left.
        FollowUpFailed: The image is complete and private; a later step failed.
    """
    stored, verdict, wanted = _deliver_privately(cloud, delivery, terminal)
    return _finish(cloud, stored, wanted, verdict, terminal), verdict


def _deliver_privately(cloud: Cloud, delivery: Delivery, terminal: Terminal) -> tuple[Image, Verdict, Image]:
    # the ID is known before the request, so that the record can be deleted whenever the delivery stops
    image_id = delivery.image.id or str(uuid4())
    private = replace(delivery.image, id=image_id, visibility=Visibility.PRIVATE, protected=False)
    token = cloud.fresh_token()
    is_created = False
    try:
        cloud.images.create(private)
        is_created = True
        body, stored = _send(cloud, image_id, delivery, token, terminal)
        verdict = verify(stored, private, body, delivery.source, terminal)
        wanted = delivery.complete(stored)
    except errors.DEFINITE_REFUSALS as cause:
        if not is_created:
            raise
        raise errors.UploadFailed(str(cause), clean_up(cloud, image_id)) from cause
    except errors.RefusedByPolicy as cause:
        raise errors.RefusedByPolicy(cause.report, clean_up(cloud, image_id)) from cause
    except BaseException as cause:
        if is_created:
            left = clean_up(cloud, image_id)
        elif delivery.image.id is None:
            left = clean_up_unanswered(cloud, image_id)
        else:  # another image may have this ID: it must not be deleted
            left = f"Nothing was sent. A record may be left; check with: openstack image show {image_id}"
        if isinstance(cause, Exception):
            raise errors.UploadFailed(_in_words(cause), left) from cause
        terminal.say(f"Stopped. {left}")
        raise
    return stored, verdict, wanted


def _send(
    cloud: Cloud, image_id: str, delivery: Delivery, token: str | None, terminal: Terminal
) -> tuple[UploadBody, Image]:
    source = delivery.source
    with terminal.progress("sending", source.size_bytes) as progress:

        def advance(count_bytes: int) -> None:
            """Show the progress. After the last byte the cloud can take minutes to store the data."""
            if count_bytes:
                progress.advance(count_bytes)
            else:
                progress.set_step("the cloud is storing the data")

        body = source.body(advance)
        if delivery.by_import:
            cloud.images.stage(image_id, body, token)
            progress.set_step("the cloud is importing the data")
            import_staged(cloud, image_id)
        else:
            cloud.images.upload(image_id, body, token)
        progress.set_step("verifying the data")
        if source.has_changed():
            raise errors.UnusableFile(source.label, "it changed while it was sent; is an instance still using it?")
        return body, cloud.images.get_with_retries(image_id)


def _in_words(cause: Exception) -> str:
    """Return the message of an error; with the class, if it is not one of ours, since its text alone may say little."""
    if isinstance(cause, errors.Error):
        return str(cause)
    if isinstance(cause, OSError):
        return errors.system_reason(cause)
    LOG.debug("unexpected", exc_info=True)
    return f"{type(cause).__name__}: {cause}"


def _finish(cloud: Cloud, stored: Image, wanted: Image, verdict: Verdict, terminal: Terminal) -> Image:
    """Set the fields of the complete image that had to wait: visibility, protection, what only the whole data told."""
    before, after = _late_fields(stored), _late_fields(wanted)
    changes = {field: value for field, value in after.items() if value != before.get(field)}
    if not changes or stored.id is None:
        return stored
    finish = f"openstack image set {' '.join(_option(*change) for change in changes.items())} {stored.id}"
    try:
        return cloud.images.change(stored.id, changes)
    except Exception as failure:
        raise errors.FollowUpFailed(stored.id, verdict.in_words, _in_words(failure), finish) from failure
    except (KeyboardInterrupt, SystemExit):
        terminal.say(f"Stopped. The image is complete and private. Finish with: {finish}")
        raise


def _late_fields(image: Image) -> dict[str, str | bool | int]:
    """Return the fields that are set after the data was sent, in Glance's words."""
    fields: dict[str, str | bool | int] = {
        "visibility": image.visibility,
        "protected": image.protected,
        "min_disk": image.min_disk_gib,
    }
    return fields | dict(image.properties)


def _option(field: str, value: object) -> str:
    """Return the option of ``openstack image set`` for a field."""
    options = {
        "visibility": f"--{value}",
        "protected": "--protected" if value else "--unprotected",
        "min_disk": f"--min-disk {value}",
    }
    return options.get(field, f"--property {field}={value}")
