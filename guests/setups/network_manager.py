"""Guests whose network is configured by NetworkManager."""

from __future__ import annotations

from guests.setup import DiskFormat, Layout, MachineType, Setup

_MANAGER = ("network-manager",)
_CONF = "/etc/NetworkManager/conf.d"
_PROFILES = "/etc/NetworkManager/system-connections"
_UUID = "5c7b3a44-2d1e-4f6b-9f0e-2d0a4f4d7b0"


def _profile(name: str, match: str, position: int = 1) -> dict[str, str]:
    return {
        f"{_PROFILES}/{name}.nmconnection": f"[connection]\nid={name}\nuuid={_UUID}{position}\ntype=ethernet\n{match}\n"
        "[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=disabled\n"
    }


_NO_DEFAULT = {f"{_CONF}/10-no-default.conf": "[main]\nno-auto-default=*\n"}
_STANZA = {
    "/etc/network/interfaces": "auto lo\niface lo inet loopback\n\nauto ens3\niface ens3 inet dhcp\n",
}

SETUPS = (
    Setup(name="nm-defaults", packages=_MANAGER, layout=Layout.XFS, disk_format=DiskFormat.QCOW2),
    Setup(
        name="nm-one-profile",
        packages=_MANAGER,
        files=_profile("first", "interface-name=ens3\n"),
    ),
    Setup(
        name="nm-only-profiles",
        packages=_MANAGER,
        files=_NO_DEFAULT | _profile("first", "interface-name=eth0\n"),
        parameters=("net.ifnames=0",),
    ),
    Setup(
        name="nm-unmanaged",
        packages=_MANAGER,
        files={f"{_CONF}/20-unmanaged.conf": "[keyfile]\nunmanaged-devices=*,except:interface-name:ens3\n"},
        machines=(MachineType.I440FX, MachineType.Q35_TABLET),
    ),
    Setup(name="nm-generic-profile", packages=_MANAGER, files=_profile("wired", "")),
    Setup(
        name="nm-generic-profile-only",
        packages=_MANAGER,
        files=_NO_DEFAULT | _profile("wired", ""),
    ),
    Setup(
        name="nm-generic-profile-multiple",
        packages=_MANAGER,
        files=_NO_DEFAULT | _profile("wired", "multi-connect=3\n"),
    ),
    Setup(
        name="nm-match-pattern",
        packages=_MANAGER,
        files=_NO_DEFAULT | _profile("wired", "multi-connect=3\n\n[match]\ninterface-name=ens*;\n"),
    ),
    Setup(
        name="nm-profile-mac",
        packages=_MANAGER,
        files=_NO_DEFAULT | _profile("old", "\n[ethernet]\nmac-address=52:54:00:12:34:56\n"),
    ),
    Setup(
        name="nm-profile-readable",
        packages=_MANAGER,
        files=_NO_DEFAULT
        | {f"{_PROFILES}/open": "[connection]\nid=open\ntype=ethernet\ninterface-name=ens4\n\n[ipv4]\nmethod=auto\n"},
    ),
    Setup(
        name="nm-interfaces-unmanaged",
        packages=(*_MANAGER, "ifupdown", "isc-dhcp-client"),
        files=_STANZA,
    ),
    Setup(
        name="nm-interfaces-without-ifupdown",
        packages=_MANAGER,
        files=_STANZA,
    ),
    Setup(
        name="nm-disabled",
        packages=_MANAGER,
        disabled=("NetworkManager.service",),
    ),
    Setup(name="trixie-nm-defaults", packages=_MANAGER, generation="trixie"),
    Setup(name="trixie-nm-generic-profile", packages=_MANAGER, files=_profile("wired", ""), generation="trixie"),
)
