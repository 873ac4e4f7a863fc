"""Delivering an image to the cloud: its record, its data, the verification, and only then its visibility.

Until the data is verified, a failure or a signal (as an exception) deletes the record, unless the image may be
complete. After that the image is complete, and stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.glance.record import Value
from vscclient.glance.upload_body import UploadBody
from vscclient.images.cloud import Cloud
from vscclient.images.data.cleanup import clean_up
from vscclient.images.data.new_record import NewRecord
from vscclient.images.data.source import Source
from vscclient.images.data.staged_import import import_staged
from vscclient.images.data.verification import (
    MayBeComplete,
    Verdict,
    differences,
    read_complete,
    reject_record,
    set_command,
    verify,
    wait_for_arrival,
)
from vscclient.images.lookup.state import StateUnknown, state_of
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

LOG = logging.getLogger(__name__)

CHANGED = "it changed while it was sent; is an instance still using it?"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An image to deliver.

    Args:
        image: The image as it will be.
        source: Its data.
        complete: Called with the stored image, and the SHA-512 of the data, when all data was sent and nobody else can
            see the image. Returns the image with what only the whole data tells, or raises the error that stops the
            delivery.
        record: Creates its record.
        by_import: Stage the data and import it, instead of a plain upload.
        timeout_s: How long the service may accept nothing, in seconds; None: the usual time.
    """

    image: Image
    source: Source
    complete: Callable[[Image, str], Image]
    record: NewRecord
    by_import: bool = False
    timeout_s: float | None = None


def deliver(cloud: Cloud, delivery: Delivery, terminal: Terminal) -> tuple[Image, Verdict]:
    """Create the image; return its final record, and whether its data was verified.

    Raises:
        UploadFailed: Nothing is left, or only a record that could not be deleted.
        RefusedByPolicy: The policy refuses what only the whole data shows; nothing is left.
        FollowUpFailed: The image is complete; a later step failed.
    """
    stored, verdict, wanted = _deliver_privately(cloud, delivery, terminal)
    image = _finish(cloud, stored, wanted, verdict, terminal)
    delivery.record.compare(image, replace(wanted, disk_format=None, container_format=None))
    return image, verdict


def _deliver_privately(cloud: Cloud, delivery: Delivery, terminal: Terminal) -> tuple[Image, Verdict, Image]:
    private = replace(delivery.image, visibility=Visibility.PRIVATE, protected=False)
    token = cloud.fresh_token()  # before the record: a login that fails leaves nothing
    image_id = str(delivery.record.create(private).id)
    try:
        delivery.record.add_pending()
        body, stored = _send(cloud, image_id, delivery, token, terminal)
        image = delivery.image
        requested = replace(image, disk_format=None, container_format=None) if delivery.by_import else image
        reject_record(stored, requested)  # only an import converts an image
        verdict = verify(stored, private, body, delivery.source, terminal)
        wanted = replace(delivery.complete(stored, body.sha512), id=image_id)
        return delivery.record.after_changes(stored), verdict, wanted
    except errors.RefusedByPolicy as cause:
        raise errors.RefusedByPolicy(cause.report, clean_up(cloud, image_id)) from cause
    except MayBeComplete as cause:
        left = (
            "The image may be complete: this could not be checked. Compare it with the data: openstack vsc image check "
            f"{image_id} --file FILE\nor delete it: openstack image delete {image_id}"
        )
        raise errors.UploadFailed(_in_words(cause.failure), left) from cause
    except Exception as cause:
        raise errors.UploadFailed(_in_words(cause), clean_up(cloud, image_id)) from cause
    except BaseException:
        terminal.say(f"Stopped. {clean_up(cloud, image_id)}")
        raise


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
        body.timeout_s = delivery.timeout_s or body.timeout_s
        if delivery.by_import:
            cloud.images.stage(image_id, body, token)
            progress.set_step("the cloud is importing the data")
            import_staged(cloud, image_id)
        else:
            try:
                cloud.images.upload(image_id, body, token)
            except errors.CloudError as failure:
                wait_for_arrival(cloud, image_id, body, failure)
        progress.set_step("verifying the data")
        if source.has_changed():
            raise errors.UnusableFile(source.label, CHANGED)
        return body, read_complete(cloud, image_id)


def _in_words(cause: Exception) -> str:
    """Return the message of an error; with the class, if it is not one of ours, since its text alone may say little."""
    if isinstance(cause, errors.Error):
        return str(cause)
    if isinstance(cause, OSError):
        return errors.system_reason(cause)
    LOG.debug("unexpected", exc_info=True)
    return f"{type(cause).__name__}: {cause}"


def _finish(cloud: Cloud, stored: Image, wanted: Image, verdict: Verdict, terminal: Terminal) -> Image:
    """Set the fields of the complete image that had to wait: visibility, protection, what only the whole data shows."""
    changes = _missing(stored, wanted)
    if not changes or stored.id is None:
        return stored
    try:
        return cloud.images.change(stored.id, changes)
    except Exception as failure:
        finished, ending = _ending(cloud, stored, wanted, is_final=isinstance(failure, errors.FINAL_ERRORS))
        if finished and (isinstance(failure, errors.NotChanged) or not _missing(finished, wanted)):
            return finished
        reason = _in_words(failure)
        raise errors.FollowUpFailed(stored.id, verdict.in_words, reason, "\n".join(ending)) from failure
    except (KeyboardInterrupt, SystemExit):
        first, *rest = _ending(cloud, stored, wanted, is_final=False)[1]
        for line in (f"Stopped. {first}", *rest):
            terminal.say(line)
        raise


def _ending(cloud: Cloud, stored: Image, wanted: Image, *, is_final: bool) -> tuple[Image | None, list[str]]:
    """Return the image after its last step failed, if it can be looked up; and lines about what is there and missing.

    Args:
        cloud: The user's cloud.
        stored: The image before this step.
        wanted: The image as this step should leave it.
        is_final: The service will not do this step any more.
    """
    show = f"openstack vsc image show {stored.id}"
    try:
        now = state_of(cloud, str(stored.id))
    except StateUnknown:
        repeat = set_command(str(stored.id), _missing(stored, wanted))
        return None, [
            f"The image is complete. Whether this step was done could not be checked: {show}",
            f"To be sure, repeat it: {repeat}",
        ]
    if now is None:
        return None, ["The image does not exist any more."]
    missing = _missing(now, wanted)
    if not missing:
        return now, [f"The image is complete and {now.visibility}."]
    finish = f"Finish with: {set_command(str(stored.id), missing)}"
    if is_final:
        return now, [f"The image is complete and {now.visibility}. {finish}"]
    so_far = f"The image is complete, and was still {now.visibility} a moment ago."
    return now, [f"{so_far} The request may still take effect; check with: {show}", finish]


def _missing(stored: Image, wanted: Image) -> dict[str, Value]:
    """Return the fields that a stored image lacks, of those that are set after the data was sent."""
    late = {"visibility", "protected", "min_disk", *wanted.properties}
    return {field: value for field, value in differences(stored, wanted).items() if field in late}
