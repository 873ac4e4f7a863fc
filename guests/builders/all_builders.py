"""All builders, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from guests.builders.builder import Builder, Firmware
from guests.errors import GuestsError
from guests.setup import Source

_VMDB2_IMAGE = """steps:
  - mkimg: "{{ output }}"
    size: 2G
  - mklabel: msdos
    device: "{{ output }}"
  - mkpart: primary
    device: "{{ output }}"
    start: 1M
    end: 100%
    tag: root
  - kpartx: "{{ output }}"
  - mkfs: ext4
    partition: root
  - mount: root
  - debootstrap: bookworm
    mirror: MIRROR
    target: root
    variant: minbase
  - apt: install
    packages:
      - systemd-sysv
      - udev
      - linux-image-cloud-amd64
      - ifupdown
      - isc-dhcp-client
      - openssh-server
    tag: root
  - fstab: root
  - grub: bios
    tag: root
    console: serial
  - create-file: /etc/network/interfaces.d/wired
    contents: |
      auto lo
      iface lo inet loopback
      allow-hotplug eth0
      iface eth0 inet dhcp
"""

_MKOSI = """[Distribution]
Distribution=debian
Release=trixie

[Output]
Format=disk
Output=image

[Content]
Bootable=yes
Bootloader=systemd-boot
KernelCommandLine=console=ttyS0
Packages=systemd,systemd-sysv,systemd-boot,udev,dbus,linux-image-cloud-amd64,openssh-server
"""
_TRIXIE = """Types: deb
URIs: MIRROR
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
_EVERY_NIC = "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n"

_DEBIAN_IMAGE = Builder(
    name="",
    program="build-openstack-debian-image --minimal, for a BIOS with GRUB",
    packages=("openstack-debian-images", "grub-pc-bin", "kpartx", "mbr", "extlinux"),
    script='build-openstack-debian-image --release bookworm --minimal --debootstrap-url "$MIRROR"\nmv ./*.raw image\n',
)

_VMDB2 = Builder(
    name="",
    program="vmdb2, with GRUB for a BIOS and ifupdown",
    packages=("vmdb2", "kpartx"),
    files={"image.yaml": _VMDB2_IMAGE},
    script='sed -i "s|MIRROR|$MIRROR|" image.yaml\nvmdb2 --output image --verbose image.yaml\n',
)

_ALL = (
    replace(_DEBIAN_IMAGE, name="openstack-debian-images", udev=True, sources=(Source.CONFIG_DRIVE, Source.NONE)),
    replace(_DEBIAN_IMAGE, name="openstack-debian-images-in-container"),
    Builder(
        name="grml-debootstrap",
        program="grml-debootstrap --vmfile, with the packages of its list",
        packages=("grml-debootstrap", "grub-pc-bin", "kpartx"),
        files={"packages": "grub-pc\ninitramfs-tools\nisc-dhcp-client\nifupdown\nopenssh-server\n"},
        script="grml-debootstrap --vmfile --vmsize 2G --target /build/image --release bookworm --force --nopassword"
        ' --mirror "$MIRROR" --hostname guest --packages=/build/packages --bootappend console=ttyS0\n',
    ),
    replace(_VMDB2, name="vmdb2", udev=True),
    replace(_VMDB2, name="vmdb2-in-container"),
    Builder(
        name="diskimage-builder",
        program="disk-image-create debian-minimal vm dhcp-all-interfaces",
        packages=("debootstrap", "gdisk", "kpartx", "python3-venv", "sudo", "curl"),
        python_packages=("diskimage-builder==3.43.0", "setuptools"),
        script='export DIB_RELEASE=bookworm DIB_DISTRIBUTION_MIRROR="$MIRROR" DIB_DEBIAN_COMPONENTS=main\n'
        'export DIB_DEBIAN_SECURITY_MIRROR="$MIRROR-security"\n'
        "disk-image-create -t raw -o image debian-minimal vm dhcp-all-interfaces openssh-server\nmv image.raw image\n",
    ),
    Builder(
        name="mkosi",
        program="mkosi, with systemd-boot for UEFI and systemd-networkd for all NICs",
        packages=("mkosi", "systemd-repart", "systemd-boot", "mtools", "python3-pefile", "cpio"),
        files={"mkosi.conf": _MKOSI, "trixie.sources": _TRIXIE, "ethernet.network": _EVERY_NIC},
        # without its own list mkosi adds an archive of debugging symbols, which not every mirror has
        script="mkdir -p mkosi.sandbox/etc/apt/sources.list.d mkosi.extra/etc/systemd/network\n"
        'sed "s|MIRROR|$MIRROR|" trixie.sources >mkosi.sandbox/etc/apt/sources.list.d/mkosi.sources\n'
        "cp ethernet.network mkosi.extra/etc/systemd/network/\nmkosi build\nmv image.raw image\n",
        generation="trixie",
        firmware=Firmware.UEFI,
    ),
)

BUILDERS = {builder.name: builder for builder in _ALL}


def find_builders(names: Sequence[str]) -> list[Builder]:
    """Return the builders with these names; without names, all builders.

    Raises:
        GuestsError: A name is not that of a builder.
    """
    unknown = [name for name in names if name not in BUILDERS]
    if unknown:
        raise GuestsError(f"No such builder: {', '.join(unknown)}\nThe builders are: {', '.join(BUILDERS)}")
    return [BUILDERS[name] for name in names] or list(BUILDERS.values())
