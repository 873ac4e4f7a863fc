"""Importing data that was staged, and waiting until the import is over."""

from __future__ import annotations

import time

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.data.verification import read_complete

METHOD = "glance-direct"
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 5.0
_REASON_TRIES = 10
_FINAL_STATUSES = ("queued", "killed", "deleted")
"""Statuses after which an image will not become active any more."""


def reject_unless_offered(cloud: Cloud) -> None:
    """Reject an import that the cloud does not offer.

    Raises:
        UsageError: The cloud does not import staged data.
    """
    methods = cloud.images.import_methods()
    if METHOD not in methods:
        raise errors.UsageError(
            f"This cloud does not support import of uploaded data ({METHOD}); it offers {', '.join(methods) or 'none'}"
            ". Omit --import"
        )


def import_staged(cloud: Cloud, image_id: str) -> None:
    """Import the staged data; return when that is done.

    Raises:
        ImportFailed: The import failed; the reason is that of the cloud, if it reports one.
        MayBeComplete: The service does not show the image any more; the import goes on.
    """
    try:
        cloud.images.import_staged(image_id)
    except errors.CloudError:  # its answer may be lost, or a front end has repeated it, which is a conflict
        image = read_complete(cloud, image_id)
        if image.status not in ("importing", "active") and not image.record.get("os_glance_import_task"):
            raise
    wait_s = _FIRST_WAIT_S
    while not _is_done(cloud, image_id):
        time.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)


def _is_done(cloud: Cloud, image_id: str) -> bool:
    """Check whether the import is done. ``active`` is not enough: the task may still be working on the image.

    After a failure the image may stay ``importing`` for ever (observed with Glance 33): the list of failed stores shows
    it, once no store is left to try.
    Source: Image API v2, «Interoperable image import».
    """
    image = read_complete(cloud, image_id)
    if image.status == "active":
        return not image.record.get("os_glance_import_task")
    failed_stores = image.record.get("os_glance_failed_import")
    if image.status in _FINAL_STATUSES or (failed_stores and not image.record.get("os_glance_importing_to_stores")):
        reason = _reason_of_tasks(cloud, image_id)
        raise errors.ImportFailed(reason or f"it is {image.status}, failed stores: {failed_stores or 'not reported'}")
    return False


def _reason_of_tasks(cloud: Cloud, image_id: str) -> str:
    """Return the reason that the image's tasks report; empty if there is none.

    The tasks know it a moment later than the image. No other client shows them.
    """
    for _ in range(_REASON_TRIES):
        failed = [task for task in cloud.images.tasks(image_id) if task.get("status") == "failure"]
        if failed:
            return "; ".join(str(task.get("message") or "without a reason") for task in failed)
        time.sleep(_FIRST_WAIT_S)
    return ""
