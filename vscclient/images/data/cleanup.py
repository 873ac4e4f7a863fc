"""Deleting an unfinished image, and reporting what is left."""

from __future__ import annotations

import logging
import time

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.interruption.signals import Abandoned, complete
from vscclient.images.lookup.state import StateUnknown, state_of

LOG = logging.getLogger(__name__)

_WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the attempts: a service that restarts is away for some seconds."""

_WITHIN_S = 60.0
"""The longest time to clean up, in seconds."""

_ABSENCES = 3
"""How often the service has to say that a record does not exist, if its creation may still be under way."""

DELETED = "The unfinished image was deleted."
NOTHING_LEFT = "Nothing is left in the cloud."


def clean_up(cloud: Cloud, image_id: str, *, is_under_way: bool = False) -> str:
    """Delete an unfinished image; return what to tell the user.

    Args:
        cloud: The user's cloud.
        image_id: The image.
        is_under_way: True if the record may appear only later, since its creation got no answer.
    """
    command = f"openstack image delete {image_id}"
    try:
        if complete(lambda: _delete(cloud, image_id, _ABSENCES if is_under_way else 1), _WITHIN_S):
            return DELETED
        return f"No record was found. If one appears, delete it with: {command}" if is_under_way else NOTHING_LEFT
    except errors.Error as failure:
        reason, is_answered = str(failure), not isinstance(failure, errors.Unreachable)
    except Abandoned:
        return f"An unfinished image may be left. If so, delete it with: {command}"
    try:
        if state_of(cloud, image_id) is None:
            return DELETED
        if is_answered:
            return f"The unfinished image could not be deleted ({reason}). Delete it with: {command}"
    except StateUnknown:
        pass  # as after a request without an answer, which may still be carried out
    return f"An unfinished image may be left ({reason}). If so, delete it with: {command}"


def _delete(cloud: Cloud, image_id: str, absences: int) -> bool:
    """Delete an image with retries; return False if there is none, by as many answers as required.

    Raises:
        Error: The service refuses, or the last attempt failed.
    """
    for wait_s in (*_WAITS_S, None):
        try:
            cloud.images.delete(image_id)
            return True
        except errors.NotFound:
            absences -= 1
            if not absences or wait_s is None:
                return False
        except (errors.NotSignedIn, errors.NotAllowed, errors.NotSupported):
            raise
        except errors.Error:
            LOG.debug("deleting %s failed", image_id, exc_info=True)
            if wait_s is None:
                raise
        time.sleep(wait_s)
    return False
