"""Deleting an unfinished image, and reporting what is left."""

from __future__ import annotations

import logging
import time

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.interruption.signals import defer_signals

LOG = logging.getLogger(__name__)

_TRIES = 3
_WAIT_S = 1.0

DELETED = "The unfinished image was deleted."


def clean_up(cloud: Cloud, image_id: str) -> str:
    """Delete an unfinished image; return what to tell the user. Signals wait until it is done."""
    with defer_signals():
        try:
            cloud.images.delete(image_id)
        except errors.NotFound:
            return "Nothing is left in the cloud."
        except errors.Error as failure:
            LOG.debug("deleting %s failed", image_id, exc_info=True)
            command = f"openstack image delete {image_id}"
            return f"The unfinished image could not be deleted ({failure}). Delete it with: {command}"
    return DELETED


def clean_up_unanswered(cloud: Cloud, image_id: str) -> str:
    """Delete an image whose creation got no answer: the request may still be under way."""
    with defer_signals():
        for _ in range(_TRIES):
            try:
                cloud.images.delete(image_id)
                return DELETED
            except errors.NotFound:
                time.sleep(_WAIT_S)
            except errors.Error:
                break
    return f"A record may be left. If so, delete it with: openstack image delete {image_id}"
