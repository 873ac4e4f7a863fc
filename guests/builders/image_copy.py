"""A small copy of an image: its partition table, and the files that its builder wrote, in a compressed archive.

Files that a package of Debian has installed unchanged are not part of it, only the names of these packages. Neither are
programs, kernels and keys: of them there are the names, and the first bytes of a kernel.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from guestinspect.disk.blocks import FileBlocks
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.open_disk import open_disk
from guestinspect.disk.tree import Tree, Type, Unreadable
from guests.programs import run

RECORD = "copy.json"
FILES = "files"
EFI = "efi"

_FOLDERS = (
    *("/etc", "/boot", "/home", "/root", "/usr/lib/systemd", "/usr/lib/udev/rules.d", "/usr/local", "/var/lib/cloud"),
    *("/var/lib/systemd", "/var/spool/cron", "/usr/lib/modules", "/lib/modules", "/opt"),
)
"""The folders with files that affect the boot and the network."""
_OMITTED = re.compile(
    r"/etc/(ssl|alternatives|ca-certificates(\.conf.*)?|ld\.so\.cache|apparmor\.d|apt|pam\.d|python3|perl|vim|xml|X11)(/|$)"
    r"|/etc/(dib-manifests/|locale\.gen$)|/usr/local/(bin|man|share)(/|$)"
    r"|/etc/ssh/ssh_host_|/etc/g?shadow-?$|/etc/chrony/chrony\.keys$|(/usr)?/lib/modules/[^/]+/(?!modules\.builtin$)"
)
"""Files that do not affect the network, that hold secrets, or that are large."""
_OF_PACKAGES = re.compile(
    r"/(usr/)?lib/(systemd/|udev/rules\.d/|NetworkManager/|netplan/|cloud-init/)|/usr/lib/python3/dist-packages/cloudinit/"
    r"|/etc/(cloud|default|dhcp|init\.d|netplan|network|ssh|udev)/|/usr/lib/os-release"
)
"""Files whose packages the tests need."""
_OTHER_PACKAGES = frozenset({"dash"})
_KERNEL_PACKAGES = re.compile(r"linux-(image|headers|modules)-|grub-|firmware-")
_NAMES_ALONE = ("/boot/grub/i386-pc/", "/boot/grub/x86_64-efi/", "/boot/grub/locale/", "/boot/grub/fonts/")
_LONGEST_TEXT_BYTES = 64 * 1024
_KERNEL_HEAD_BYTES = 1024
_EFI_FOLDER = "/efi"
_STATUS = "/var/lib/dpkg/status"
_LINKED_FOLDERS = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")


@dataclass
class _Packages:
    """The files of a guest's packages.

    Args:
        digests: The MD5 digest of each file that a package installed, as dpkg recorded it.
        owners: The package of each path.
    """

    digests: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def has_installed(self, path: str, content: bytes, size_bytes: int) -> bool:
        """Return True if a package installed this file; a file that is kept only in part counts as unchanged."""
        digest = self.digests.get(_plain(path))
        is_whole = len(content) == size_bytes
        return digest is not None and (
            not is_whole or digest == hashlib.md5(content, usedforsecurity=False).hexdigest()
        )


def write_copy(image: Path, copy: Path) -> None:
    """Write the copy of an image.

    Args:
        image: The image of a disk, in any format that QEMU reads.
        copy: The archive to write.
    """
    with TemporaryDirectory(prefix="guests-") as temporary:
        raw = Path(temporary) / "disk.raw"
        run(["qemu-img", "convert", "-O", "raw", image, raw])
        with raw.open("rb") as file:
            disk = open_disk(FileBlocks(file), "raw")
            packages = _read_packages(disk.tree)
            files = {f"{FILES}{path}": file for path, file in _list_files(disk.tree, packages)}
            if disk.efi is not None:
                files |= {f"{EFI}{path}": (0o644, content) for path, content in _list_efi_files(disk.efi)}
            record = {
                "table": run(["sfdisk", "--dump", raw]).replace(str(raw), "disk") if disk.layout.table else "",
                "boot_code": disk.layout.boot_code,
                "volumes": [
                    _describe(each.filesystem, each.volume.name)
                    for each in disk.contents
                    if not isinstance(each.filesystem, Unreadable)
                ],
                "packages": sorted(
                    {owner for path, owner in packages.owners.items() if _OF_PACKAGES.match(path)} | _OTHER_PACKAGES
                ),
            }
    copy.parent.mkdir(exist_ok=True)
    with tarfile.open(copy, "w:xz") as archive:
        _add(archive, RECORD, json.dumps(record, indent=1).encode(), 0o644)
        for name, (mode, content) in sorted(files.items()):
            _add(archive, name, content, mode)


def _describe(filesystem: FileSystem, volume: str) -> dict[str, str]:
    return {"volume": volume, "kind": filesystem.kind, "uuid": filesystem.uuid, "label": filesystem.label}


def _add(archive: tarfile.TarFile, name: str, content: bytes | str, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.mode = mode
    if name.endswith("/"):
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
    elif isinstance(content, str):
        member.type, member.linkname = tarfile.SYMTYPE, content
        archive.addfile(member)
    else:
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))


def _list_essential_files(tree: Tree) -> Iterator[tuple[str, tuple[int, bytes | str]]]:
    """Yield the links of a merged root, the list of packages, and the folder of the EFI system partition."""
    for name in _LINKED_FOLDERS:
        target = tree.link(f"/{name}")
        if target:
            yield f"/{name}", (0o777, target)
    yield _STATUS, (0o644, _shorten_status(tree))
    if tree.status(_EFI_FOLDER) is not None:
        yield f"{_EFI_FOLDER}/", (0o755, b"")


def _list_files(tree: Tree, packages: _Packages) -> Iterator[tuple[str, tuple[int, bytes | str]]]:
    """Yield paths with their modes, and their content or the target of a link; a folder ends in a slash."""
    yield from _list_essential_files(tree)
    waiting = [folder for folder in _FOLDERS if tree.link(folder.rpartition("/")[0] or "/") is None]
    while waiting:
        folder = waiting.pop()
        for name in tree.names(folder):
            path = f"{folder}/{name}"
            target, status = tree.link(path), tree.status(path)
            if _OMITTED.match(path):
                continue
            if target is not None:
                yield path, (0o777, target)
            elif status and status.type is Type.FOLDER:
                waiting.append(path)
            elif status and status.type is Type.FILE:
                content = _shorten(tree, path, status.size_bytes)
                if not packages.has_installed(path, content, status.size_bytes):
                    yield path, (status.mode, content)


def _list_efi_files(efi: Tree) -> Iterator[tuple[str, bytes]]:
    """Yield the paths on the EFI system partition, with the content of text files."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        for name in efi.names(folder or "/"):
            path = f"{folder}/{name}"
            status = efi.status(path)
            if status and status.type is Type.FOLDER:
                waiting.append(path)
            elif status:
                yield path, _shorten(efi, path, status.size_bytes)


def _shorten(tree: Tree, path: str, size_bytes: int) -> bytes:
    """Return the content of a text file, the first bytes of a kernel, and nothing of another file."""
    if path.startswith("/boot/vmlinuz"):
        return tree.head(path, _KERNEL_HEAD_BYTES) or b""
    if size_bytes > _LONGEST_TEXT_BYTES or path.startswith(_NAMES_ALONE):
        return b""
    content = tree.read(path) or b""
    return b"" if b"\x00" in content or b"PRIVATE KEY-----" in content else content


def _read_packages(tree: Tree) -> _Packages:
    """Read dpkg's records. Source: dpkg-query(1), ``--control-show``, and deb-md5sums(5)."""
    packages = _Packages()
    info = "/var/lib/dpkg/info"
    for name in tree.names(info):
        package = name.rpartition(".")[0].partition(":")[0]
        if _KERNEL_PACKAGES.match(package):
            continue
        text = (tree.read(f"{info}/{name}", 8 * 1024**2) or b"").decode("utf-8", "replace")
        if name.endswith(".md5sums"):
            for line in text.splitlines():
                digest, _, path = line.partition("  ")
                packages.digests[_plain(f"/{path}")] = digest
        elif name.endswith(".list"):
            packages.owners.update(dict.fromkeys(text.splitlines(), package))
    status = (tree.read(_STATUS, 64 * 1024**2) or b"").decode("utf-8", "replace")
    packages.digests.update(
        {_plain(path): digest for path, digest in re.findall(r"^ (/\S+) ([0-9a-f]{32})", status, re.MULTILINE)}
    )
    return packages


def _plain(path: str) -> str:
    """Return the path without ``/usr``, which the link of a merged root leads to."""
    return re.sub(r"^/usr(?=/(?:bin|lib|lib64|sbin)/)", "", path)


def _shorten_status(tree: Tree) -> bytes:
    """Return the names, states and versions of dpkg's packages."""
    status = (tree.read(_STATUS, 64 * 1024**2) or b"").decode("utf-8", "replace")
    kept = re.findall(r"^(?:Package|Status|Architecture|Version): .*\n|^\n", status, re.MULTILINE)
    return "".join(kept).encode()
