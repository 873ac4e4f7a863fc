"""The proof that what the cloud has is what was sent."""

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
    """How far it is proved.

    Args:
        verified: The algorithm whose hash was compared, ``sha512``, or ``no``.
        why_not: Why there is no proof; empty where there is.
    """

    verified: str
    why_not: str = ""

    @property
    def in_words(self) -> str:
        """``verified``, or ``not verified`` and why."""
        return f"not verified ({self.why_not})" if self.why_not else "verified"


def verify(stored: Image, declared: Image, sent: UploadBody, source: Source, terminal: Terminal) -> Verdict:
    """Compares size and hash.

    Args:
        stored: The image as the cloud has it now.
        declared: The image as it was sent.

    Raises:
        Mismatch: They differ.
    """
    if stored.status != "active":
        raise errors.Mismatch(f"the image is {stored.status}, not active")
    if stored.disk_format != declared.disk_format:
        return Verdict(verified=NOT_VERIFIED, why_not=f"the cloud has converted it to {stored.disk_format}")
    if stored.size_bytes != sent.sent_bytes:
        raise errors.Mismatch(f"{sent.sent_bytes} bytes were sent, the cloud has {stored.size_bytes}")
    algorithm, theirs = _hash_of(stored)
    if theirs is None:
        return Verdict(verified=NOT_VERIFIED, why_not="the cloud tells no hash that can be computed here")
    ours = sent.sha512 if algorithm == "sha512" else _digest(source, algorithm, "reading the file again", terminal)
    if ours is None:
        return Verdict(
            verified=NOT_VERIFIED, why_not=f"the cloud hashes with {algorithm}, and {source.label} cannot be read again"
        )
    if ours != theirs:
        raise errors.Mismatch(f"its {algorithm} is {theirs}, that of the data is {ours}")
    return Verdict(verified=algorithm)


def prove(image: Image, source: Source, terminal: Terminal) -> None:
    """Reads a file, and compares it with the data of an image that is there already.

    Raises:
        DataNotVerified: It is not that.
    """
    why_not = _why_not(image, source, terminal)
    if why_not:
        raise errors.DataNotVerified(source.label, str(image.name or image.id), why_not)


def _why_not(image: Image, source: Source, terminal: Terminal) -> str:
    """Why it is not proved that a file is the data of an image; empty: it is."""
    if image.size_bytes is None:
        return "the image has no data yet"
    if source.size_bytes not in (None, image.size_bytes):  # before all of it is read
        return f"it has {source.size_bytes} bytes, the image has {image.size_bytes}"
    algorithm, theirs = _hash_of(image)
    if theirs is None:
        return "the cloud tells no hash of the image that can be computed here"
    if source.can_be_read_again:
        ours = _digest(source, algorithm, "reading the file", terminal)
    else:
        ours = read_all(source, terminal).sha512 if algorithm == "sha512" else None
    if ours is None:
        return f"a pipe cannot be compared by its {algorithm}; name a file"
    return "" if ours == theirs else f"its {algorithm} is another than the image's"


def _hash_of(stored: Image) -> tuple[str, str | None]:
    """The hash to compare: the operator's choice of algorithm, else the old md5 checksum.

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
