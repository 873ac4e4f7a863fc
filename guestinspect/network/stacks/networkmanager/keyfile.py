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
        files = _list_files(tree, place)
        refusals = {path: _refusal(path, status) for path, status in files}
        trusted = [_read_profile(read_key_file(tree, path), status) for path, status in files if refusals[path] is None]
        taken.update(_list_deleted(tree, place))
        remaining = [profile for profile in select_per_uuid(trusted) if profile.uuid not in taken]
        profiles += [profile for profile in remaining if profile.is_for_ethernet]
        ignored += [refusal for refusal in refusals.values() if refusal is not None]
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
    if status.uid != 0:
        return Step("NetworkManager ignores a profile that does not belong to root", path)
    if status.mode & _GROUP_AND_OTHERS:
        return Step(f"NetworkManager ignores a profile that others may read (mode {status.mode & 0o7777:o})", path)
    return None


def _read_profile(file: Ini, status: Status) -> Profile:
    method, unknown_reason = _method(file)
    kind = _text(file, "connection", "type")
    priority = _text(file, "connection", "autoconnect-priority")
    return Profile(
        name=_text(file, "connection", "id") or basename(file.path).removesuffix(_ENDING),
        location=file.path,
        uuid=_text(file, "connection", "uuid").lower() or file.path,
        modified_s=status.modified_s,
        is_for_ethernet=kind in _ETHERNET or (not kind and any(any(file.named(name)) for name in _ETHERNET)),
        conditions=tuple(_conditions(file)),
        autoconnect=not is_no(_text(file, "connection", "autoconnect"))
        and not _text(file, "connection", "permissions"),
        priority=int(priority) if _NUMBER.fullmatch(priority) else 0,
        for_several=_text(file, "connection", "multi-connect") in ("3", "multiple"),
        method=method,
        has_default_route=_has_default_route(file, method),
        unknown_reason=unknown_reason or _obstacle(file),
    )


def _method(file: Ini) -> tuple[Method, str]:
    """Return the way by which a NIC gets its address, and the reason why that is unknown, or an empty text."""
    if any(_text(file, "connection", key) for key in ("master", "controller", "slave-type", "port-type")):
        return Method.NONE, ""
    if not any(file.named("ipv4")):
        return Method.DHCP, ""
    method = _text(file, "ipv4", "method")
    if method == "manual":
        has_address = any(entry.key.startswith("address") for entry in _all(file, "ipv4"))
        return Method.STATIC, "" if has_address else f"{file.path} sets ipv4.method=manual without an address"
    known = {"auto": Method.DHCP, "disabled": Method.NONE}.get(method)
    if known is None:
        return Method.NONE, f"{file.path}: the effect of ipv4.method={method} in this cloud is unknown"
    return known, ""


def _obstacle(file: Ini) -> str:
    """Return the reason why a NIC may not get its address, or an empty text."""
    if any(file.named("802-1x")):
        return f"{file.path} makes the NIC authenticate to its network (802.1X)"
    mac = _of_ethernet(file, "cloned-mac-address")
    if mac is not None and mac.value.lower() not in OWN_MAC:
        return f"{mac.location} sets a MAC address that differs from the one the cloud assigned"
    return ""


def _conditions(file: Ini) -> Iterator[NicCondition]:
    name = file.last("connection", "interface-name")
    if name is not None and name.value:
        yield NicCondition("interface-name", (name.value,), name.location)
    mac = _of_ethernet(file, "mac-address")
    if mac is not None and mac.value:
        yield NicCondition("mac", (mac.value,), mac.location)
    for key in ("mac-address-blacklist", "mac-address-denylist"):
        denied = _of_ethernet(file, key)
        if denied is not None:
            yield NicCondition("not-mac", _list(denied), denied.location)
    channels = _of_ethernet(file, "s390-subchannels")
    if channels is not None and _list(channels):
        yield NicCondition(S390_CHANNELS, _list(channels), channels.location)
    for entry in _all(file, "match"):
        if _list(entry):
            yield NicCondition(f"match.{entry.key}", _list(entry), entry.location)


def _has_default_route(file: Ini, method: Method) -> bool:
    if method is Method.NONE or _text(file, "ipv4", "never-default").lower() in ("true", "yes", "1"):
        return False
    if method is Method.DHCP:
        return True
    return any(
        entry.key == "gateway"
        or (entry.key.startswith("address") and len(_PARTS_OF_ADDRESS.split(entry.value.strip(";,"))) > 1)
        or (entry.key.startswith("route") and entry.value.startswith("0.0.0.0/0"))
        for entry in _all(file, "ipv4")
    )


def _of_ethernet(file: Ini, key: str) -> Entry | None:
    entries = [file.last(section, key) for section in _ETHERNET]
    return next((entry for entry in entries if entry is not None), None)


def _text(file: Ini, section: str, key: str) -> str:
    entry = file.last(section, key)
    return "" if entry is None else entry.value


def _all(file: Ini, section: str) -> tuple[Entry, ...]:
    return tuple(entry for part in file.named(section) for entry in part.entries)


def _list(entry: Entry) -> tuple[str, ...]:
    """Return the values of a list. Only a semicolon separates them: a space is a part of its value."""
    return tuple(value for value in entry.value.split(";") if value)
