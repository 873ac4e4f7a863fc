"""Importing data that was staged, and waiting until that is over."""

from __future__ import annotations

import time

from vscclient import errors
from vscclient.images.cloud import Cloud

METHOD = "glance-direct"
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 5.0
_REASON_TRIES = 10
_GIVEN_UP = ("queued", "killed", "deleted")


def reject_unless_offered(cloud: Cloud) -> None:
    """Asks the cloud whether it imports staged data.

    Raises:
        UsageError: It does not.
    """
    offered = cloud.images.import_methods()
    if METHOD not in offered:
        raise errors.UsageError(
            f"This cloud does not import uploaded data ({METHOD}), it offers: {', '.join(offered) or 'no import'}. "
            "Leave --import out"
        )


def run(cloud: Cloud, image_id: str) -> None:
    """Starts the import of the staged data, and returns when it is over.

    Raises:
        ImportFailed: The cloud gave up; the reason is the cloud's, where it tells one.
    """
    cloud.images.import_staged(image_id)
    wait_s = _FIRST_WAIT_S
    while not _is_over(cloud, image_id):
        time.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)


def _is_over(cloud: Cloud, image_id: str) -> bool:
    """Whether the image is there. ``active`` is not enough: the task may still be at work on it.

    After a failure the image may stay ``importing`` for ever (seen with Glance 33): the stores that failed tell, once
    none is left to try.
    Source: Image API v2, «Interoperable image import».
    """
    image = cloud.images.get_with_retries(image_id)
    if image.status == "active":
        return not image.record.get("os_glance_import_task")
    failed_stores = image.record.get("os_glance_failed_import")
    if image.status in _GIVEN_UP or (failed_stores and not image.record.get("os_glance_importing_to_stores")):
        why = _reason(cloud, image_id) or f"it is {image.status}, failed stores: {failed_stores or 'none told'}"
        raise errors.ImportFailed(why)
    return False


def _reason(cloud: Cloud, image_id: str) -> str:
    """Why it failed, by the tasks, which no other client shows; empty where the cloud does not tell.

    They know it a moment later than the image does.
    """
    for _ in range(_REASON_TRIES):
        failed = [task for task in cloud.images.tasks(image_id) if task.get("status") == "failure"]
        if failed:
            return "; ".join(str(task.get("message") or "it does not say why") for task in failed)
        time.sleep(_FIRST_WAIT_S)
    return ""
