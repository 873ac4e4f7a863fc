"""A Glance image, as its users know it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from vscclient.model.project import ProjectId
from vscclient.model.visibility import Visibility

MULTI_NIC = "vsc_multi_nic"
"""The property for guests that use several NICs (``true``), or only one (``false``)."""

MACHINE_TYPE = "hw_machine_type"
"""The property with the machine type of an instance, as QEMU names it. Source: Nova, ``ImageMetaProps``."""

VIF_MODEL = "hw_vif_model"
"""The property with the model of an instance's NICs. Source: Nova, ``ImageMetaProps``."""

DISK_BUS = "hw_disk_bus"
"""The property with the bus of an instance's disk. Source: Nova, ``ImageMetaProps``."""

SCSI_MODEL = "hw_scsi_model"
"""The property with the model of an instance's SCSI controller. Source: Nova, ``ImageMetaProps``."""

HYPERVISORS = ("hypervisor_type", "img_hv_type")
"""The properties with the hypervisor of an instance. Source: Nova, ``ImagePropertiesFilter``, ``ImageMetaProps``."""

WAIVED = "vsc_waived"
"""The property with the codes of the rules that were waived, comma-separated."""

CLAIMS_ABOUT_DATA = frozenset(
    (
        *(MULTI_NIC, MACHINE_TYPE, VIF_MODEL, "architecture", "os_distro", "os_version", "kernel_id", "min_disk"),
        *("hw_firmware_type", DISK_BUS, SCSI_MODEL, *HYPERVISORS),
    )
)
"""The properties, and the field, that rules compare with the data of the image."""

DEACTIVATED = "deactivated"
"""The status of an image whose data nobody but staff can read. Source: Image API v2, «Image statuses»."""

BLOCK_DEVICE_MAPPING = "block_device_mapping"
"""The property with the volumes of an instance. Nova sets it on a snapshot of an instance whose root disk is a volume;
anybody can set it on any image."""

BASE_PROPERTIES = frozenset(
    "checksum container_format created_at direct_url disk_format file id locations min_disk min_ram name os_hidden "
    "owner protected schema self size status stores tags updated_at virtual_size visibility".split()
)
"""The fields of an image that are not additional properties. Source: Image API v2, schema of an image (``is_base``)."""

RESERVED_PREFIXES = ("os_glance_", "os_hash_")
"""The beginnings of property names that are reserved for Glance. Source: Glance, ``glance.api.v2.images``."""


COMPRESSED = "compressed"
"""The container format of a compressed file that the cloud unpacks."""

_BOOT_PARTS = frozenset({"aki", "ari"})
"""The formats of kernels and ramdisks, container formats and disk formats alike."""

_SOURCES = {
    "volumes": (("snapshot", "volume"), ("snapshot_id", "volume_id")),
    "images": (("image",), ("image_id",)),
}
"""The types of a kind of source in a mapping, and the keys that name one. Source: Nova, ``block_device.py``."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image, as it is or as a plan would leave it.

    Args:
        min_disk_gib: The smallest disk of an instance that boots the image, GiB; 0: not set.
        min_ram_mib: The least memory of such an instance, MiB; 0: not set.
        size_bytes: Length of the data in bytes; None as long as there is no data.
        record: Glance's record, unchanged, for output.
    """

    name: str | None
    id: str | None = None
    owner: ProjectId | None = None
    status: str = "queued"
    visibility: Visibility = Visibility.PRIVATE
    protected: bool = False
    hidden: bool = False
    container_format: str | None = None
    disk_format: str | None = None
    min_disk_gib: int = 0
    min_ram_mib: int = 0
    size_bytes: int | None = None
    checksum: str | None = None
    hash_algorithm: str | None = None
    hash_value: str | None = None
    tags: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    record: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """The name and the ID. An image may have no name, and names are not unique."""
        return f"{self.name} ({self.id})" if self.name else str(self.id)

    @property
    def is_declared_boot_part(self) -> bool:
        """True if the image is declared as a kernel or a ramdisk. The data may be something else."""
        return not _BOOT_PARTS.isdisjoint((self.container_format, self.disk_format))

    @property
    def is_volume_snapshot(self) -> bool:
        """True for a snapshot of a volume-backed instance: it names volume snapshots, and has no data of its own."""
        return self.size_bytes == 0 and BLOCK_DEVICE_MAPPING in self.properties

    @property
    def mapped_sources(self) -> frozenset[str]:
        """The kinds of sources that the mapping names: ``volumes`` (or their snapshots) and ``images``.

        Nova attaches them at each launch, data or no data; the one that boots first replaces the data of the image.

        Source: Nova, ``compute/api.py``, ``_check_and_transform_bdm``.
        """
        try:
            mapping = json.loads(self.properties.get(BLOCK_DEVICE_MAPPING, ""))
        except (ValueError, RecursionError):
            return frozenset()
        devices = [device for device in mapping if isinstance(device, dict)] if isinstance(mapping, list) else []
        return frozenset(
            kind
            for device in devices
            for kind, (types, keys) in _SOURCES.items()
            if device.get("source_type") in types or any(device.get(key) for key in keys)
        )

    @property
    def waived(self) -> frozenset[str]:
        """The codes of the rules that were waived for the image. Its owner can write any text there."""
        return frozenset(filter(None, (code.strip().upper() for code in self.properties.get(WAIVED, "").split(","))))

    @property
    def multi_nic(self) -> bool | None:
        """True if the guest is declared to use several NICs, False for one, None if nothing is declared."""
        return {"true": True, "false": False}.get(self.properties.get(MULTI_NIC, "").lower())
