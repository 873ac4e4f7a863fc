"""Verifying that the data in the cloud is the data that was sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from vscclient import errors
from vscclient.glance.upload_body import UploadBody
from vscclient.images.data.source import Source, read_all
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

NOT_VERIFIED = "no"


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


def reject_other_format(stored: Image, created: Image) -> None:
    """Reject a record that has other formats after a plain upload; only an import converts an image.

    Raises:
        Mismatch: The service has changed a format.
    """
    formats = [(image.disk_format, image.container_format) for image in (created, stored)]
    if formats[0] != formats[1]:
        ours, theirs = (" in container ".join(map(str, pair)) for pair in formats)
        raise errors.Mismatch(f"{ours} was sent, the cloud's record says {theirs}")


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
