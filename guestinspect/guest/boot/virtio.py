"""The version of virtio that a guest's kernels support.

A virtio device on a PCIe root port has version 1.0 only: QEMU leaves the interface for older drivers out there.

Source: QEMU's ``hw/virtio/virtio-pci.c``, property ``disable-legacy``; Linux 4.0, "virtio_pci: modern driver"; the
database of libosinfo, by which RHEL 7.2 has it (with Linux 3.10.0-327).
"""

from __future__ import annotations

import re

from guestinspect.disk.tree import Tree
from guestinspect.model.fact import Unknown

_VERSION = re.compile(r"(?P<major>\d{1,4})\.(?P<minor>\d{1,4})\.")
_RHEL_7 = re.compile(r"3\.10\.0-(?P<build>\d{1,6})\..*el7")
_FIRST = (4, 0)
_FIRST_OF_RHEL_7 = 327


def require_version_1(tree: Tree) -> None:
    """Raise Unknown if a kernel of the guest may have no driver for virtio 1.0."""
    names = (*tree.names("/lib/modules"), *(name.removeprefix("vmlinuz-") for name in tree.names("/boot")))
    for name in names:
        version, rhel = _VERSION.match(name), _RHEL_7.match(name)
        is_new = version is None or (int(version["major"]), int(version["minor"])) >= _FIRST
        if not is_new and not (rhel and int(rhel["build"]) >= _FIRST_OF_RHEL_7):
            raise Unknown(f"Linux {name} may have no driver for virtio 1.0, which the devices of a q35 machine need")
