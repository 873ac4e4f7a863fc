"""Creating the record of an image under an ID that is chosen here, so that it can be found after a lost answer."""

from __future__ import annotations

import shlex
from dataclasses import replace
from uuid import uuid4

from vscclient import errors
from vscclient.glance.error_translation import SERVICE
from vscclient.glance.record import record_of
from vscclient.images.cloud import Cloud
from vscclient.images.data.cleanup import clean_up
from vscclient.images.lookup.state import StateUnknown, state_of
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

_ID_REFUSALS = (errors.InvalidRequest, errors.NotAllowed, errors.Conflict)
"""The answers of a service that does not let the client choose an ID."""


def create_record(cloud: Cloud, image: Image, terminal: Terminal) -> Image:
    """Create the record of an image; return it. If the image has no ID, one is chosen.

    Raises:
        CloudError: The service refused; there is no record.
        UploadFailed: There is no usable answer, and no record is found; or the answer is about another image.
    """
    wanted = image if image.id else replace(image, id=str(uuid4()))
    try:
        record = cloud.images.create(wanted)
    except errors.CloudError as failure:
        if found := _own_record(cloud, wanted, failure):
            return found
        if image.id is None and isinstance(failure, _ID_REFUSALS):
            return _create_without_id(cloud, image, failure, terminal)
        raise
    except (KeyboardInterrupt, SystemExit):
        terminal.say(f"Stopped. {_remove(cloud, wanted, is_chosen=image.id is None)}")
        raise
    if record.id != wanted.id:  # it may even be the ID of another image of the user: nothing is sent to it
        garbled = errors.UnexpectedAnswer(SERVICE, f"a record with the ID {record.id} instead of {wanted.id}")
        raise errors.UploadFailed(str(garbled), _remove(cloud, wanted, is_chosen=image.id is None))
    return record


def _own_record(cloud: Cloud, wanted: Image, failure: errors.CloudError) -> Image | None:
    """Return the record that was made although its creation failed: the answer was lost, or a front end repeated it.

    Raises:
        UploadFailed: It is not known that there is none.
    """
    is_refused = isinstance(failure, errors.DEFINITE_REFUSALS)
    if is_refused and not isinstance(failure, errors.Conflict):
        return None
    image_id = str(wanted.id)
    try:
        found = state_of(cloud, image_id)
    except StateUnknown:
        left = f"A record may be left. If so, delete it with: openstack image delete {image_id}"
        raise errors.UploadFailed(str(failure), left) from failure
    if found and _is_ours(found, wanted, cloud):
        return found
    if is_refused:
        return None
    left = (
        f"Another image has the ID {image_id}; it was not changed."
        if found
        else clean_up(cloud, image_id, is_under_way=True)
    )
    raise errors.UploadFailed(str(failure), left) from failure


def _is_ours(found: Image, wanted: Image, cloud: Cloud) -> bool:
    """Check whether a record is the one that was requested: an image without data, with our owner and fields."""
    owner = wanted.owner or cloud.project_id
    if found.owner != owner or found.status != "queued" or found.size_bytes is not None:
        return False
    theirs = record_of(replace(found, owner=wanted.owner, tags=tuple(sorted(found.tags))))
    ours = record_of(replace(wanted, tags=tuple(sorted(wanted.tags))))
    return all(theirs.get(field) == value for field, value in ours.items())  # a site may add properties


def _create_without_id(cloud: Cloud, image: Image, refusal: errors.CloudError, terminal: Terminal) -> Image:
    """Create the record under an ID that the service chooses, since it refuses the one that was chosen here."""
    try:
        record = cloud.images.create(image)
    except errors.DEFINITE_REFUSALS:
        raise
    except (errors.CloudError, KeyboardInterrupt, SystemExit) as failure:
        command = f"openstack image list --status queued --name {shlex.quote(str(image.name))}"
        left = f"A record may be left. Find it with: {command}"
        if isinstance(failure, errors.CloudError):
            raise errors.UploadFailed(str(failure), left) from failure
        terminal.say(f"Stopped. {left}")
        raise
    terminal.say(f"The cloud accepted the image only without a chosen ID ({refusal.reason}). Its ID is {record.id}")
    return record


def _remove(cloud: Cloud, wanted: Image, *, is_chosen: bool) -> str:
    """Delete a record whose creation was not answered; return what is left. An ID of the user can be another image's.

    Args:
        cloud: The user's cloud.
        wanted: The requested record.
        is_chosen: True if its ID was chosen here, so that no other image has it.
    """
    image_id = str(wanted.id)
    if is_chosen:
        return clean_up(cloud, image_id, is_under_way=True)
    try:
        found = state_of(cloud, image_id)
    except StateUnknown:
        found = None
    if found and _is_ours(found, wanted, cloud):
        return clean_up(cloud, image_id)
    return f"A record may be left; check with: openstack image show {image_id}"
