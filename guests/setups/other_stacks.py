"""Guests with a less common network stack, with two, or with none."""

from __future__ import annotations

from guests.setup import Setup

SETUPS = (
    Setup(name="nothing"),
    Setup(name="dhcpcd", packages=("dhcpcd",)),
    Setup(
        name="dhcpcd-deny",
        packages=("dhcpcd",),
        files={"/etc/dhcpcd.conf": "hostname\nduid\npersistent\ndenyinterfaces ens4 ens6\n"},
    ),
    Setup(name="connman", packages=("connman",)),
    Setup(
        name="connman-blacklist",
        packages=("connman",),
        files={"/etc/connman/main.conf": "[General]\nNetworkInterfaceBlacklist=ens5,ens6\n"},
    ),
    Setup(
        name="two-stacks",
        packages=("network-manager",),
        files={"/etc/systemd/network/20-wired.network": "[Match]\nName=ens3\n\n[Network]\nDHCP=yes\n"}
        | {"/etc/NetworkManager/conf.d/20-unmanaged.conf": "[keyfile]\nunmanaged-devices=interface-name:ens3\n"},
        enabled=("systemd-networkd.service",),
    ),
    Setup(name="trixie-dhcpcd", packages=("dhcpcd",), generation="trixie"),
    Setup(name="trixie-connman", packages=("connman",), generation="trixie"),
)
