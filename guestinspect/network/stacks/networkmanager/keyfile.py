"""NetworkManager's connection profiles in its own files: ``system-connections/*.nmconnection``.

Source: nm-settings-keyfile(5), nm-settings(5); NetworkManager's nms-keyfile-plugin.c, nm-keyfile.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Status, Tree, Type
from guestinspect.guest.files.ini import Entry, Ini, read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.stack import Method
from guestinspect.network.stacks.networkmanager.configuration import is_no
from guestinspect.network.stacks.networkmanager.profile import S390_CHANNELS, NicCondition, Profile, select_per_uuid

FOLDER = "/etc/NetworkManager/system-connections"

_BOOT = "/run/NetworkManager/system-connections"
_PACKAGES = "/usr/lib/NetworkManager/system-connections"
_ENDING = ".nmconnection"
_TOMBSTONE = ".nmmeta"
_NULL = "/dev/null"
_IGNORED = re.compile(r"^\.|~$|\.[A-Za-z0-9]{6}$|.\.(?:pem|der)$", re.IGNORECASE)
"""Hidden files, backups, temporary files (six characters after the last dot) and certificates."""
_GROUP_AND_OTHERS = 0o077
_ETHERNET = ("802-3-ethernet", "ethernet")
_PARTS_OF_ADDRESS = re.compile(r"[;,]")
_NUMBER = re.compile(r"-?[0-9]{1,4}")
OWN_MAC = frozenset({"", "preserve", "permanent"})


@dataclass(frozen=True)
class KeyFiles:
    """The key files, as NetworkManager reads them.

    Args:
        profiles: The profiles for Ethernet.
        ignored: The reasons why NetworkManager ignores a file: others may read it.
    """

    profiles: tuple[Profile, ...]
    ignored: tuple[Step, ...]


def read_key_files(tree: Tree, folder: str = FOLDER) -> KeyFiles:
    """Return the profiles for Ethernet. Of several with one UUID the newest file of the strongest folder counts.

    Args:
        tree: The files of the guest.
        folder: The administrator's folder; empty if there is none.
    """
    profiles: list[Profile] = []
    ignored: list[Step] = []
    taken: set[str] = set()
    # A file that is not trusted does not hide one of a weaker folder, but a deleted profile does.
    for place in (_BOOT, folder, _PACKAGES):
        trusted: list[Profile] = []
        for path, status in _list_files(tree, place):
            refusal = _refusal(path, status)
            if refusal is None:
                trusted.append(_ProfileFile(read_key_file(tree, path), status).profile())
            else:
                ignored.append(refusal)
        taken.update(_list_deleted(tree, place))
        remaining = [profile for profile in select_per_uuid(trusted) if profile.uuid not in taken]
        profiles += [profile for profile in remaining if profile.is_for_ethernet]
        taken.update(profile.uuid for profile in remaining)
    return KeyFiles(tuple(profiles), tuple(ignored))


def _list_deleted(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the UUIDs of profiles that were deleted while their files were read-only."""
    for name in tree.names(folder) if folder not in ("", _PACKAGES) else ():
        if name.endswith(_TOMBSTONE):
            if tree.link(f"{folder}/{name}") != _NULL:
                raise Unknown(f"{folder}/{name} replaces a profile with another one")
            yield name.removesuffix(_TOMBSTONE)


def _list_files(tree: Tree, folder: str) -> list[tuple[str, Status]]:
    """Return the files with names of profiles; only the administrator's may lack the ending, as in old versions."""
    files = []
    for name in tree.names(folder) if folder else ():
        if folder in (_BOOT, _PACKAGES):
            is_profile = name.endswith(_ENDING) and not name.startswith(".")
        else:
            is_profile = not _IGNORED.search(name) and not name.endswith(_TOMBSTONE)
        status = tree.status(f"{folder}/{name}") if is_profile else None
        if status is not None and status.type is Type.FILE:
            files.append((f"{folder}/{name}", status))
    return files


def _refusal(path: str, status: Status) -> Step | None:
    """Return the reason why NetworkManager does not trust a file; None if it does."""
    name = basename(path)
    if status.uid != 0:
        return Step(f"NetworkManager ignores {name}: the file belongs to the user {status.uid}, not to root", path)
    if status.mode & _GROUP_AND_OTHERS:
        mode = f"{status.mode & 0o7777:o}"
        return Step(f"NetworkManager ignores {name}: other users than root have access to the file (mode {mode})", path)
    return None


@dataclass(frozen=True)
class _ProfileFile:
    """A key file with a profile.

    Args:
        file: The sections of the file.
        status: The status of the file.
    """

    file: Ini
    status: Status

    def profile(self) -> Profile:
        """Return the profile."""
        method, unknown_reason = self.method()
        kind = self.text("connection", "type")
        priority = self.text("connection", "autoconnect-priority")
        # A profile with permissions is used only while one of its users is logged in.
        # Source: nm-settings(5), "connection.permissions".
        is_for_all_users = not self.text("connection", "permissions")
        return Profile(
            name=self.text("connection", "id") or basename(self.file.path).removesuffix(_ENDING),
            location=self.file.path,
            uuid=self.text("connection", "uuid").lower() or self.file.path,
            modified_s=self.status.modified_s,
            is_for_ethernet=kind in _ETHERNET or (not kind and any(any(self.file.named(name)) for name in _ETHERNET)),
            conditions=tuple(self.conditions()),
            autoconnect=is_for_all_users and not is_no(self.text("connection", "autoconnect")),
            priority=int(priority) if _NUMBER.fullmatch(priority) else 0,
            for_several=self.text("connection", "multi-connect") in ("3", "multiple"),
            method=method,
            has_default_route=self.has_default_route(method),
            unknown_reason=unknown_reason or self.obstacle(),
        )

    def method(self) -> tuple[Method, str]:
        """Return the way by which a NIC gets its address, and the reason why that is unknown, or an empty text.

        A profile without a section ``[ipv4]`` uses DHCP.
        Source: NetworkManager's nm-connection.c, _normalize_ip_config.
        """
        if any(self.text("connection", key) for key in ("master", "controller", "slave-type", "port-type")):
            return Method.NONE, ""
        if not any(self.file.named("ipv4")):
            return Method.DHCP, ""
        method = self.text("ipv4", "method")
        if method == "manual":
            has_address = any(entry.key.startswith("address") for entry in self.entries("ipv4"))
            return Method.STATIC, "" if has_address else f"{self.file.path} sets ipv4.method=manual without an address"
        known = {"auto": Method.DHCP, "disabled": Method.NONE}.get(method)
        if known is None:
            return Method.NONE, f"{self.file.path}: the effect of ipv4.method={method} in this cloud is unknown"
        return known, ""

    def obstacle(self) -> str:
        """Return the reason why a NIC may not get its address, or an empty text."""
        if any(self.file.named("802-1x")):
            return f"{self.file.path} makes the NIC authenticate to its network (802.1X)"
        mac = self.of_ethernet("cloned-mac-address")
        if mac is not None and mac.value.lower() not in OWN_MAC:
            return f"{mac.location} sets a MAC address that differs from the one the cloud assigned"
        return ""

    def conditions(self) -> Iterator[NicCondition]:
        """Yield the conditions on the NIC."""
        name = self.file.last("connection", "interface-name")
        if name is not None and name.value:
            yield NicCondition("interface-name", (name.value,), name.location)
        mac = self.of_ethernet("mac-address")
        if mac is not None and mac.value:
            yield NicCondition("mac", (mac.value,), mac.location)
        for key in ("mac-address-blacklist", "mac-address-denylist"):
            denied = self.of_ethernet(key)
            if denied is not None:
                yield NicCondition("not-mac", _list(denied), denied.location)
        channels = self.of_ethernet("s390-subchannels")
        if channels is not None and _list(channels):
            yield NicCondition(S390_CHANNELS, _list(channels), channels.location)
        for entry in self.entries("match"):
            if _list(entry):
                yield NicCondition(f"match.{entry.key}", _list(entry), entry.location)

    def has_default_route(self, method: Method) -> bool:
        """Return True if the default route may go through the NIC."""
        if method is Method.NONE or self.text("ipv4", "never-default").lower() in ("true", "yes", "1"):
            return False
        if method is Method.DHCP:
            return True
        # A gateway has a key of its own, or is the second part of an address: address1=10.0.0.5/24,10.0.0.1.
        # Source: nm-settings-keyfile(5).
        return any(
            entry.key == "gateway"
            or (entry.key.startswith("address") and len(_PARTS_OF_ADDRESS.split(entry.value.strip(";,"))) > 1)
            or (entry.key.startswith("route") and entry.value.startswith("0.0.0.0/0"))
            for entry in self.entries("ipv4")
        )

    def of_ethernet(self, key: str) -> Entry | None:
        """Return the setting of a key for Ethernet; None if there is none."""
        entries = [self.file.last(section, key) for section in _ETHERNET]
        return next((entry for entry in entries if entry is not None), None)

    def text(self, section: str, key: str) -> str:
        """Return the value of a key; empty if there is none."""
        entry = self.file.last(section, key)
        return "" if entry is None else entry.value

    def entries(self, section: str) -> tuple[Entry, ...]:
        """Return all settings of a section."""
        return tuple(entry for part in self.file.named(section) for entry in part.entries)


def _list(entry: Entry) -> tuple[str, ...]:
    """Return the values of a list. Only a semicolon separates them: a space is a part of its value."""
    return tuple(value for value in entry.value.split(";") if value)
