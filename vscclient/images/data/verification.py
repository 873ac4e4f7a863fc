"""The comparison of what has arrived in the cloud with what was sent: the record, and the data.

The answer to an upload can be lost: a complete image is not deleted because of that.
"""

from __future__ import annotations

import hashlib
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from guestinspect.model.printable import printable
from vscclient import errors
from vscclient.glance.error_translation import SERVICE
from vscclient.glance.record import Value, fields_of
from vscclient.glance.upload_body import UploadBody
from vscclient.images.cloud import Cloud
from vscclient.images.data.source import Source, read_all
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

NOT_VERIFIED = "no"

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


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of a verification.

    Args:
        verified: The algorithm whose hash was compared, such as ``sha512``, or ``no``.
        reason: Why the data was not verified; empty if it was.
    """

    verified: str
    reason: str = ""

    @property
    def in_words(self) -> str:
        """``verified``, or ``not verified`` and the reason."""
        return f"not verified ({self.reason})" if self.reason else "verified"


def reject_record(record: Image, requested: Image) -> None:
    """Reject a record that other people see than requested, or that has other formats.

    Raises:
        UnexpectedAnswer: The service has changed the visibility, the owner or a format.
    """
    if None not in (record.owner, requested.owner) and record.owner != requested.owner:
        raise errors.UnexpectedAnswer(SERVICE, f"a record of the project {record.owner} instead of {requested.owner}")
    if record.visibility.is_wider_than(requested.visibility):
        raise errors.UnexpectedAnswer(
            SERVICE, f"a record that is {record.visibility} instead of {requested.visibility}"
        )
    ours, theirs = ((image.disk_format, image.container_format) for image in (requested, record))
    if any(old not in (None, new) for old, new in zip(ours, theirs, strict=True)):
        requested_formats, formats = (" in container ".join(map(str, pair)) for pair in (ours, theirs))
        raise errors.UnexpectedAnswer(SERVICE, f"a record that is {formats} instead of {requested_formats}")


def differences(record: Image, requested: Image) -> dict[str, Value]:
    """Return the fields and properties that a record does not have as requested; a site may add others."""
    stored = fields_of(record)
    return {field: value for field, value in fields_of(requested).items() if stored.get(field) != value}


def set_command(image_id: str, fields: Mapping[str, object]) -> str:
    """Return the command of the standard client that sets these fields."""
    return printable(f"openstack image set {' '.join(_set_options(fields))} {image_id}")


_WITH_VALUE = {"name": "name", "owner": "project", "disk_format": "disk-format", "container_format": "container-format"}
_WITH_VALUE |= {"min_disk": "min-disk", "min_ram": "min-ram"}
"""Fields of an image, and the options of the standard client that set them."""


def _set_options(fields: Mapping[str, object]) -> Iterator[str]:
    for field, value in fields.items():
        if field == "visibility":
            yield f"--{value}"
        elif field in ("protected", "os_hidden"):
            yield f"--{'' if value else 'un'}{field.removeprefix('os_')}"
        elif isinstance(value, list):
            yield from (f"--tag {shlex.quote(str(tag))}" for tag in value)
        elif field in _WITH_VALUE:
            yield f"--{_WITH_VALUE[field]} {shlex.quote(str(value))}"
        else:
            yield f"--property {shlex.quote(f'{field}={value}')}"


def verify(stored: Image, created: Image, body: UploadBody, source: Source, terminal: Terminal) -> Verdict:
    """Compare the size and the hash of an uploaded image, as the cloud stored it, with the data that was sent.

    Raises:
        Mismatch: They differ.
    """
    if stored.status != "active":
        raise errors.Mismatch(f"the image is {stored.status}, not active")
    if stored.disk_format != created.disk_format:
        return Verdict(verified=NOT_VERIFIED, reason=f"the cloud has converted it to {stored.disk_format}")
    if stored.size_bytes != body.sent_bytes:
        raise errors.Mismatch(f"{body.sent_bytes} bytes were sent, the cloud has {stored.size_bytes}")
    algorithm, theirs = _hash_of(stored)
    if theirs is None:
        return Verdict(verified=NOT_VERIFIED, reason="the cloud reports no hash that this client can compute")
    ours = body.sha512 if algorithm == "sha512" else _digest(source, algorithm, "reading the file again", terminal)
    if ours is None:
        return Verdict(
            verified=NOT_VERIFIED, reason=f"the cloud hashes with {algorithm}, and {source.label} cannot be read again"
        )
    if ours != theirs:
        raise errors.Mismatch(f"its {algorithm} is {theirs}, that of the data is {ours}")
    return Verdict(verified=algorithm)


def prove(image: Image, source: Source, terminal: Terminal) -> None:
    """Read a file, and prove that it is the data of an existing image.

    Raises:
        DataNotVerified: It is not the data of the image, or that cannot be proved.
    """
    if reason := _difference(image, source, terminal):
        raise errors.DataNotVerified(source.label, str(image.name or image.id), reason)


def _difference(image: Image, source: Source, terminal: Terminal) -> str:
    """Return why it is not proved that a file is the data of an image; empty if it is proved."""
    if image.size_bytes is None:
        return "the image has no data yet"
    if source.size_bytes not in (None, image.size_bytes):  # before all of it is read
        return f"it has {source.size_bytes} bytes, the image has {image.size_bytes}"
    algorithm, theirs = _hash_of(image)
    if theirs is None:
        return "the cloud reports no hash that this client can compute"
    if source.can_be_read_again:
        ours = _digest(source, algorithm, "reading the file", terminal)
    else:
        ours = read_all(source, terminal).sha512 if algorithm == "sha512" else None
    if ours is None:
        return f"a pipe cannot be compared by its {algorithm}; name a file"
    return "" if ours == theirs else f"its {algorithm} differs from that of the image"


def _hash_of(stored: Image) -> tuple[str, str | None]:
    """Return the hash to compare: by the operator's choice of algorithm, else the old md5 checksum.

    Source: Image API v2, ``os_hash_algo``, ``os_hash_value``, ``checksum``.
    """
    if stored.hash_value and stored.hash_algorithm and stored.hash_algorithm in hashlib.algorithms_available:
        return stored.hash_algorithm, stored.hash_value
    return "md5", stored.checksum


def _digest(source: Source, algorithm: str, doing: str, terminal: Terminal) -> str | None:
    if not source.can_be_read_again:
        return None
    with terminal.progress(doing, source.size_bytes) as progress:
        return source.digest(algorithm, progress.advance)
