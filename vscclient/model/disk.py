"""The file with the bits: what its bytes show, without a look at the file systems on it."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.model.fact import Provider, unknown

DISK_FORMATS = ("raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso")
"""The formats of a disk with a guest. Source: Glance's default ``disk_formats``; ``ploop`` is not offered by the
VSC."""

_NOT_SEEN = "there is no file to look at"


@dataclass(frozen=True, kw_only=True)
class Disk:
    """What is known of a disk. Each fact is found when first asked for; what cannot be known raises Unknown.

    Args:
        disk_format: Its format in Glance's words (``DISK_FORMATS``), or the name of one that Glance does not have
            (``qed``).
        virtual_size_bytes: The size that the guest sees, in bytes.
        wrapping: The kind of compressed file or archive that it is (``gzip``), or None.
        references: What it refers to outside itself, in words: ``backing file /images/base.qcow2``.
        damage: What is missing or broken, in words, or nothing: ``it is empty``.
    """

    disk_format: Provider[str] = unknown(_NOT_SEEN)
    virtual_size_bytes: Provider[int] = unknown(_NOT_SEEN)
    wrapping: Provider[str | None] = unknown(_NOT_SEEN)
    references: Provider[tuple[str, ...]] = unknown(_NOT_SEEN)
    damage: Provider[tuple[str, ...]] = unknown(_NOT_SEEN)


def whole_gib(size_bytes: int) -> int:
    """A size rounded up to whole GiB, as ``min_disk`` counts."""
    return -(-size_bytes // 1024**3)
