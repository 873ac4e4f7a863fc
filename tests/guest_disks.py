"""Small disks with a guest: a few files in a file system, made in a moment and without root."""

from __future__ import annotations

import atexit
import os
import shutil
import struct
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

MIB = 1024**2
_SECTOR_BYTES = 512
_PARTITION_MIB = 24
_WANTS = "/etc/systemd/system/multi-user.target.wants"
_UNITS = "/usr/lib/systemd/system"

_PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 3, 62, 1) + bytes(40)
"""The header of a program for x86_64. Source: ELF-64 Object File Format, e_machine EM_X86_64."""

SOUND: Mapping[str, str | bytes] = {
    "/etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\ndebian:x:1000:1000::/home/debian:/bin/bash\n",
    "/etc/shadow": "root:*:19000::::::\ndebian:!:19000::::::\n",
    "/etc/fstab": "/dev/vda1 / ext4 defaults 0 1\n",
    "/etc/machine-id": "",
    "/usr/bin/ls": _PROGRAM,
    "/usr/bin/bash": _PROGRAM,
    "/usr/lib/systemd/systemd": _PROGRAM,
    "/usr/lib/systemd/systemd-networkd": _PROGRAM,
    "/usr/lib/systemd/systemd-udevd": _PROGRAM,
    "/usr/lib/udev/rules.d/80-net-setup-link.rules": 'SUBSYSTEM=="net", ACTION=="add", NAME=="", '
    'ENV{ID_NET_NAME}!="", NAME="$env{ID_NET_NAME}"\n',
    "/usr/lib/systemd/network/99-default.link": "[Match]\nOriginalName=*\n\n[Link]\n"
    "NamePolicy=keep kernel database onboard slot path\nAlternativeNamesPolicy=database onboard slot path\n",
    "/usr/bin/cloud-init": "#!/usr/bin/python3\n",
    "/etc/cloud/cloud.cfg": "datasource_list: [ConfigDrive, OpenStack]\nnetwork: {config: disabled}\n",
    "/usr/lib/python3/dist-packages/cloudinit/version.py": '__VERSION__ = "22.4.2"\n',
    "/var/lib/dpkg/status": "Package: cloud-init\nStatus: install ok installed\nVersion: 22.4.2-1\n\n",
    "/boot/vmlinuz-6.1.0-30-amd64": b"MZ" + bytes(0x200 - 2) + b"\x00\x00HdrS" + bytes(512),
    "/boot/grub/grub.cfg": "menuentry Debian {\n  linux /boot/vmlinuz-6.1.0-30-amd64 root=/dev/vda1 ro\n}\n",
    "/boot/grub/i386-pc/normal.mod": b"module",
    "/etc/systemd/network/20-dhcp.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n",
    f"{_UNITS}/multi-user.target": "[Unit]\nRequires=basic.target\nAllowIsolate=yes\n",
    f"{_UNITS}/basic.target": "[Unit]\nRequires=sysinit.target\nWants=sockets.target timers.target\n",
    f"{_UNITS}/sysinit.target": "[Unit]\n",
    f"{_UNITS}/systemd-networkd.service": "[Service]\nExecStart=/usr/lib/systemd/systemd-networkd\n"
    "[Install]\nWantedBy=multi-user.target\n",
    **{
        f"{_UNITS}/{unit}.service": "[Service]\nExecStart=/usr/bin/cloud-init\n[Install]\nWantedBy=cloud-init.target\n"
        for unit in ("cloud-init-local", "cloud-init", "cloud-config", "cloud-final")
    },
    f"{_UNITS}/cloud-init.target": "[Unit]\n[Install]\nWantedBy=multi-user.target\n",
    "/usr/lib/systemd/system-generators/cloud-init-generator": "#!/bin/sh\n",
    "/usr/lib/cloud-init/ds-identify": "#!/bin/sh\n",
}
"""A guest that brings up every NIC by DHCP, installs the user's SSH key, and contains no leftovers."""

LINKS: Mapping[str, str] = {
    "/bin": "usr/bin",
    "/lib": "usr/lib",
    "/sbin": "usr/sbin",
    "/usr/sbin/init": "../lib/systemd/systemd",
    "/etc/systemd/system/default.target": f"{_UNITS}/multi-user.target",
    f"{_WANTS}/systemd-networkd.service": f"{_UNITS}/systemd-networkd.service",
    f"{_WANTS}/cloud-init.target": f"{_UNITS}/cloud-init.target",
    **{
        f"/etc/systemd/system/cloud-init.target.wants/{unit}.service": f"{_UNITS}/{unit}.service"
        for unit in ("cloud-init-local", "cloud-init", "cloud-config", "cloud-final")
    },
}

FIRST_ONLY = {"/etc/systemd/network/20-dhcp.network": "[Match]\nName=ens3\n\n[Network]\nDHCP=yes\n"}
"""The files that make the guest bring up only its first NIC."""

SECOND_ONLY = {path: content.replace("ens3", "ens4") for path, content in FIRST_ONLY.items()}
"""The files that make the guest bring up only its second NIC: nobody can reach an instance."""


def guest_disk(path: Path, *, files: Mapping[str, str | bytes] | None = None, disk_format: str = "qcow2") -> Path:
    """Write a disk with one partition that a BIOS boots, and the sound guest on it.

    Args:
        path: The file to write.
        files: Files that the guest has in addition, or instead of its own: ``{"/etc/fstab": ""}`` empties one.
        disk_format: The format of the disk, in QEMU's words.
    """
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "disk.raw"
        partition = Path(folder) / "partition"
        _file_system(partition, {**SOUND, **(files or {})})
        with raw.open("wb") as disk, partition.open("rb") as content:
            disk.write(_first_sector(_PARTITION_MIB * MIB // _SECTOR_BYTES))
            disk.seek(MIB)
            shutil.copyfileobj(content, disk)
        subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", disk_format, raw, path], check=True)
    return path


@lru_cache
def sound_guest(virtual_size_gib: int = 0) -> Path:
    """Return a qcow2 disk with the sound guest, made once for all tests of a process, which must not change it.

    Args:
        virtual_size_gib: The virtual size in GiB; 0: as small as possible.
    """
    path = _shared_folder() / f"sound-{virtual_size_gib}.qcow2"
    guest_disk(path)
    if virtual_size_gib:
        subprocess.run(["qemu-img", "resize", "-q", path, f"{virtual_size_gib}G"], check=True)
    path.chmod(0o444)
    return path


@lru_cache
def one_nic_guest() -> Path:
    """Return a qcow2 disk with a guest that brings up only its first NIC; tests must not change it."""
    path = guest_disk(_shared_folder() / "first.qcow2", files=FIRST_ONLY)
    path.chmod(0o444)
    return path


def unreachable_guest(path: Path, *, disk_format: str = "qcow2") -> Path:
    """Write a disk with a guest whose first NIC stays down. Arguments as those of ``guest_disk``."""
    return guest_disk(path, files=SECOND_ONLY, disk_format=disk_format)


@lru_cache
def _shared_folder() -> Path:
    """Return a folder that exists as long as the process; the folder of a test would be removed with the test."""
    folder = Path(mkdtemp(prefix="vscclient-guests-", dir=os.environ.get("TMPDIR", "/tmp")))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _file_system(path: Path, files: Mapping[str, str | bytes]) -> None:
    with TemporaryDirectory() as root:
        for name, content in files.items():
            place = Path(root + name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        for name, target in LINKS.items():
            place = Path(root + name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)
        subprocess.run(
            ["mkfs.ext4", "-q", "-E", "root_owner=0:0", "-d", root, path, f"{_PARTITION_MIB}M"],
            check=True,
            stdout=subprocess.DEVNULL,
            env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"},
        )


def _first_sector(sectors: int) -> bytes:
    """Return boot code, and one active Linux partition behind the first MiB."""
    code = b"\xeb\x63\x90" + bytes(0x180 - 3) + b"GRUB \x00Geom\x00Hard Disk\x00Read\x00 Error\r\n\x00"
    entry = struct.pack("<BBBBBBBBII", 0x80, 0, 2, 0, 0x83, 0, 0, 0, MIB // _SECTOR_BYTES, sectors)
    return code.ljust(446, b"\x00") + entry + bytes(48) + b"\x55\xaa"
