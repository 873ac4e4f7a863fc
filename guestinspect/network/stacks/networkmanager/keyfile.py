"""Connection profiles of NetworkManager in its own files: ``system-connections/*.nmconnection``.

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
from guestinspect.network.stacks.networkmanager.profile import OF_A_MAINFRAME, Profile, Wish, one_per_uuid

FOLDER = "/etc/NetworkManager/system-connections"

_BOOT = "/run/NetworkManager/system-connections"
_PACKAGES = "/usr/lib/NetworkManager/system-connections"
_ENDING = ".nmconnection"
_HIDING = ".nmmeta"
_NOWHERE = "/dev/null"
_PASSED_OVER = re.compile(r"^\.|~$|\.[A-Za-z0-9]{6}$|.\.(?:pem|der)$", re.IGNORECASE)
"""Hidden files, backups, temporary files (six letters behind the last dot) and certificates."""
_OTHERS = 0o077
_ETHERNET = ("802-3-ethernet", "ethernet")
_PARTS_OF_ADDRESS = re.compile(r"[;,]")
OWN_MAC = frozenset({"", "preserve", "permanent"})


@dataclass(frozen=True)
class Profiles:
    """The profiles that NetworkManager has, and files that look like one but are none to it.

    Args:
        passed_over: Why a file does not count: others may read it.
    """

    found: tuple[Profile, ...]
    passed_over: tuple[Step, ...]


def profiles(tree: Tree, folder: str = FOLDER) -> Profiles:
    """The profiles for Ethernet. Of several with one UUID the strongest folder's newest file counts.

    Args:
        tree: The guest's files.
        folder: That of the administrator; empty: there is none.
    """
    found: list[Profile] = []
    passed_over: list[Step] = []
    taken: set[str] = set()
    for place in (_BOOT, folder, _PACKAGES):
        files = _files(tree, place)
        refusals = {path: _refusal(path, status) for path, status in files}
        trusted = [_profile(read_key_file(tree, path), status) for path, status in files if refusals[path] is None]
        taken.update(_hidden(tree, place))
        there = [profile for profile in one_per_uuid(trusted) if profile.uuid not in taken]
        found += [profile for profile in there if profile.is_for_ethernet]
        passed_over += [refusal for refusal in refusals.values() if refusal is not None]
        taken.update(profile.uuid for profile in there)
    return Profiles(tuple(found), tuple(passed_over))


def _hidden(tree: Tree, folder: str) -> Iterator[str]:
    """The UUIDs of profiles that were deleted although their files can't be."""
    for name in tree.names(folder) if folder not in ("", _PACKAGES) else ():
        if name.endswith(_HIDING):
            if tree.link(f"{folder}/{name}") != _NOWHERE:
                raise Unknown(f"{folder}/{name} replaces a profile by another one")
            yield name.removesuffix(_HIDING)


def _files(tree: Tree, folder: str) -> list[tuple[str, Status]]:
    """The files that are profiles by their names."""
    found = []
    for name in tree.names(folder) if folder else ():
        status = tree.status(f"{folder}/{name}")
        if status is not None and status.type is Type.FILE and _is_profile_name(name, folder):
            found.append((f"{folder}/{name}", status))
    return found


def _is_profile_name(name: str, folder: str) -> bool:
    """Only the administrator's files may be without the ending, as they were in old versions."""
    if folder in (_BOOT, _PACKAGES):
        return name.endswith(_ENDING) and not name.startswith(".")
    return not _PASSED_OVER.search(name) and not name.endswith(_HIDING)


def _refusal(path: str, status: Status) -> Step | None:
    """Why NetworkManager does not trust a file; None: it does."""
    if status.uid != 0:
        return Step("NetworkManager passes over a profile that does not belong to root", path)
    if status.mode & _OTHERS:
        return Step(f"NetworkManager passes over a profile that others may read (mode {status.mode & 0o7777:o})", path)
    return None


def _is_ethernet(file: Ini) -> bool:
    said = _text(file, "connection", "type")
    return said in _ETHERNET or (not said and any(any(file.named(name)) for name in _ETHERNET))


def _profile(file: Ini, status: Status) -> Profile:
    method, unforeseeable = _method(file)
    return Profile(
        name=_text(file, "connection", "id") or basename(file.path).removesuffix(_ENDING),
        location=file.path,
        uuid=_text(file, "connection", "uuid").lower() or file.path,
        modified_s=status.modified_s,
        is_for_ethernet=_is_ethernet(file),
        wishes=tuple(_wishes(file)),
        autoconnect=not is_no(_text(file, "connection", "autoconnect"))
        and not _text(file, "connection", "permissions"),
        priority=_number(file, "autoconnect-priority"),
        for_several=_text(file, "connection", "multi-connect") in ("3", "multiple"),
        method=method,
        has_default_route=_has_default_route(file, method),
        unforeseeable=unforeseeable or _hindrance(file),
    )


def _method(file: Ini) -> tuple[Method, str]:
    """How a NIC gets its address, and why that cannot be told."""
    if any(_text(file, "connection", key) for key in ("master", "controller", "slave-type", "port-type")):
        return Method.NONE, ""
    if not any(file.named("ipv4")):
        return Method.DHCP, ""
    said = _text(file, "ipv4", "method")
    if said == "manual":
        has_address = any(entry.key.startswith("address") for entry in _all(file, "ipv4"))
        return Method.STATIC, "" if has_address else f"{file.path} has a fixed address but does not say which"
    known = {"auto": Method.DHCP, "disabled": Method.NONE}.get(said)
    if known is None:
        return Method.NONE, f"{file.path}: it cannot be told what ipv4.method={said} leads to in this cloud"
    return known, ""


def _hindrance(file: Ini) -> str:
    """What may keep a NIC from getting its address."""
    if any(file.named("802-1x")):
        return f"{file.path} has the NIC log in to its network (802.1X)"
    mac = _of_ethernet(file, "cloned-mac-address")
    if mac is not None and mac.value.lower() not in OWN_MAC:
        return f"{mac.location} gives the NIC another MAC address than the cloud knows"
    return ""


def _wishes(file: Ini) -> Iterator[Wish]:
    name = file.last("connection", "interface-name")
    if name is not None and name.value:
        yield Wish("interface-name", (name.value,), name.location)
    mac = _of_ethernet(file, "mac-address")
    if mac is not None and mac.value:
        yield Wish("mac", (mac.value,), mac.location)
    for key in ("mac-address-blacklist", "mac-address-denylist"):
        denied = _of_ethernet(file, key)
        if denied is not None:
            yield Wish("not-mac", _list(denied), denied.location)
    channels = _of_ethernet(file, "s390-subchannels")
    if channels is not None and _list(channels):
        yield Wish(OF_A_MAINFRAME, _list(channels), channels.location)
    for entry in _all(file, "match"):
        if _list(entry):
            yield Wish(f"match.{entry.key}", _list(entry), entry.location)


def _has_default_route(file: Ini, method: Method) -> bool:
    if method is Method.NONE or _text(file, "ipv4", "never-default").lower() in ("true", "yes", "1"):
        return False
    if method is Method.DHCP:
        return True
    said = _all(file, "ipv4")
    return any(
        entry.key == "gateway"
        or (entry.key.startswith("address") and len(_PARTS_OF_ADDRESS.split(entry.value.strip(";,"))) > 1)
        or (entry.key.startswith("route") and entry.value.startswith("0.0.0.0/0"))
        for entry in said
    )


def _of_ethernet(file: Ini, key: str) -> Entry | None:
    found = [file.last(section, key) for section in _ETHERNET]
    return next((entry for entry in found if entry is not None), None)


def _text(file: Ini, section: str, key: str) -> str:
    found = file.last(section, key)
    return "" if found is None else found.value


def _number(file: Ini, key: str) -> int:
    said = _text(file, "connection", key)
    return int(said) if re.fullmatch(r"-?[0-9]{1,4}", said) else 0


def _all(file: Ini, section: str) -> tuple[Entry, ...]:
    return tuple(entry for part in file.named(section) for entry in part.entries)


def _list(entry: Entry) -> tuple[str, ...]:
    """The values of a list. A comma parts none, and a space is a part of its value."""
    return tuple(value for value in entry.value.split(";") if value)
