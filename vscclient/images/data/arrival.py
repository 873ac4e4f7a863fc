"""Finding out whether data arrived although the answer to its upload was lost: a complete image is not deleted."""

from __future__ import annotations

import time
from contextlib import suppress

from vscclient import errors
from vscclient.glance.upload_body import UploadBody
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image

_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 5.0

_STORING = ("saving", "importing")
"""Statuses of an image whose data the service is still storing."""


class MayBeComplete(Exception):
    """The image may be complete; that could not be checked.

    Args:
        failure: Why the upload, or the check, failed.
    """

    def __init__(self, failure: errors.CloudError) -> None:
        super().__init__()
        self.failure = failure


def read_complete(cloud: Cloud, image_id: str) -> Image:
    """Return an image whose data the service has, as far as is known. A garbled answer gets more attempts.

    Raises:
        NotFound: It does not exist any more.
        MayBeComplete: The service does not show it.
    """
    try:
        for wait_s in (_FIRST_WAIT_S, 2 * _FIRST_WAIT_S):
            with suppress(errors.UnexpectedAnswer):
                return cloud.images.get_with_retries(image_id)
            time.sleep(wait_s)
        return cloud.images.get_with_retries(image_id)
    except errors.NotFound:
        raise
    except errors.CloudError as failure:
        raise MayBeComplete(failure) from failure


def wait_for_arrival(cloud: Cloud, image_id: str, body: UploadBody, failure: errors.CloudError) -> None:
    """Return when the data of an upload that failed has arrived nevertheless.

    A front end may give up while the service goes on storing; or it repeated an upload that was done, which is a
    conflict.

    Args:
        cloud: The user's cloud.
        image_id: The image.
        body: The data; a failure before its end is final.
        failure: The failure of the upload.

    Raises:
        CloudError: The failure: the data did not arrive.
        MayBeComplete: It may have arrived.
    """
    if not body.has_ended:
        raise failure
    end_s, wait_s = time.monotonic() + body.timeout_s, _FIRST_WAIT_S
    while (image := read_complete(cloud, image_id)).status in _STORING:
        if time.monotonic() > end_s:
            raise MayBeComplete(failure)
        time.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)
    if image.status != "active":
        raise failure
