"""The state of an image after a request that failed: the service may have done its work nevertheless.

An answer can be lost, cut or garbled. A front end can give up, or repeat a request that was done: the second one is a
conflict then. Some services store a part of a request before they refuse the rest.
"""

from __future__ import annotations

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.interruption.signals import Abandoned, complete
from vscclient.model.image import Image

_WITHIN_S = 60.0
"""The longest time to find out a state, in seconds."""


class StateUnknown(Exception):
    """The state could not be found out: the service does not answer, or the user does not wait."""


def state_of(cloud: Cloud, image_id: str) -> Image | None:
    """Return an image as it is now; None if the service has no such image, or does not show it any more.

    Raises:
        StateUnknown: It could not be found out.
    """
    try:
        return complete(lambda: cloud.images.get_with_retries(image_id), _WITHIN_S)
    except errors.NotFound:
        return None
    except (errors.Error, Abandoned) as failure:
        raise StateUnknown from failure
