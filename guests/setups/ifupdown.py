"""Guests whose network is configured by ifupdown, ifupdown2 or ifupdown-ng."""

from __future__ import annotations

from guests.setup import ALL_MACHINES, DiskFormat, Layout, MachineType, Setup

_IFUPDOWN = ("ifupdown", "isc-dhcp-client")
_INTERFACES = "/etc/network/interfaces"
_LOOPBACK = "auto lo\niface lo inet loopback\n"


def _stanzas(word: str, *names: str) -> str:
    return "".join(f"\n{word} {name}\niface {name} inet dhcp\n" for name in names)


def _interfaces(text: str) -> dict[str, str]:
    return {_INTERFACES: f"source /etc/network/interfaces.d/*\n\n{_LOOPBACK}{text}"}


_CLOUD_HELPER = """#!/bin/sh
# As /etc/network/cloud-ifupdown-helper of Debian's cloud images up to 11
CFG_DIR=/run/network/interfaces.d
if [ -n "$2" ]; then
    mkdir -p $CFG_DIR
    if [ ! -f "$CFG_DIR/$2" ]; then
        printf 'auto %s\\nallow-hotplug %s\\niface %s inet dhcp\\n' "$2" "$2" "$2" >"$CFG_DIR/$2"
    fi
fi
exit 0
"""
# udev expands $name at this rule: before 80-net-setup-link.rules it is the kernel's name of a new NIC
_CLOUD_RULE = (
    'SUBSYSTEM=="net", ACTION=="add", ATTR{type}=="1", NAME!="lo*", RUN+="/usr/local/sbin/cloud-helper x $name"\n'
)

SETUPS = (
    Setup(
        name="ifupdown-installer",
        packages=_IFUPDOWN,
        files=_interfaces(_stanzas("allow-hotplug", "ens3")),
        disk_format=DiskFormat.QCOW2,
        machines=(MachineType.I440FX, MachineType.Q35_TABLET),
    ),
    Setup(name="ifupdown-eth0", packages=_IFUPDOWN, files=_interfaces(_stanzas("auto", "eth0"))),
    Setup(
        name="ifupdown-eth0-ifnames-0",
        packages=_IFUPDOWN,
        files=_interfaces(_stanzas("auto", "eth0")),
        parameters=("net.ifnames=0",),
        machines=(MachineType.I440FX, MachineType.Q35_TABLET),
    ),
    Setup(name="ifupdown-three", packages=_IFUPDOWN, files=_interfaces(_stanzas("auto", "ens3", "ens4", "ens5"))),
    Setup(
        name="ifupdown-three-q35",
        packages=_IFUPDOWN,
        files=_interfaces(_stanzas("auto", "enp1s0", "enp2s0", "enp3s0")),
        machines=ALL_MACHINES,
    ),
    Setup(
        name="ifupdown-many-hotplug",
        packages=_IFUPDOWN,
        files=_interfaces(_stanzas("allow-hotplug", *(f"ens{slot}" for slot in range(3, 11)))),
        layout=Layout.BTRFS,
    ),
    Setup(
        name="ifupdown-hotplug-pattern",
        packages=_IFUPDOWN,
        files=_interfaces("\nallow-hotplug /en*=nic\niface nic inet dhcp\n"),
    ),
    Setup(
        name="ifupdown-auto-pattern",
        packages=_IFUPDOWN,
        files=_interfaces("\nauto /en*=nic\niface nic inet dhcp\n"),
    ),
    Setup(
        name="ifupdown-folder",
        packages=_IFUPDOWN,
        files={
            _INTERFACES: f"source-directory interfaces.d\n{_LOOPBACK}",
            "/etc/network/interfaces.d/second": _stanzas("auto", "ens4"),
            "/etc/network/interfaces.d/third.cfg": _stanzas("auto", "ens5"),
        },
    ),
    Setup(
        name="ifupdown-masked",
        packages=_IFUPDOWN,
        files=_interfaces(_stanzas("auto", "ens3", "ens4", "ens5")),
        masked=("networking.service",),
    ),
    Setup(
        name="ifupdown-mac-names",
        packages=_IFUPDOWN,
        files=_interfaces(_stanzas("auto", "ens3"))
        | {"/etc/systemd/network/10-mac.link": "[Match]\nOriginalName=*\n\n[Link]\nNamePolicy=mac\n"},
    ),
    Setup(
        name="ifupdown-cloud-helper",
        packages=_IFUPDOWN,
        files={
            _INTERFACES: f"source-directory /run/network/interfaces.d\n{_LOOPBACK}",
            "/usr/local/sbin/cloud-helper": _CLOUD_HELPER,
            "/etc/udev/rules.d/75-cloud-ifupdown.rules": _CLOUD_RULE,
        },
        generation="bullseye",
    ),
    Setup(
        name="ifupdown-cloud-helper-environment",
        packages=_IFUPDOWN,
        files={
            _INTERFACES: f"source-directory /run/network/interfaces.d\n{_LOOPBACK}",
            "/usr/local/sbin/cloud-helper": _CLOUD_HELPER.replace('"$2"', '"$INTERFACE"').replace("/$2", "/$INTERFACE"),
            "/etc/udev/rules.d/75-cloud-ifupdown.rules": _CLOUD_RULE.replace(" x $name", ""),
        },
        generation="bullseye",
    ),
    Setup(
        name="ifupdown2-three",
        packages=("ifupdown2", "isc-dhcp-client"),
        files=_interfaces(_stanzas("auto", "ens3", "ens4", "ens5")),
    ),
    Setup(
        name="ifupdown2-hotplug-one",
        packages=("ifupdown2", "isc-dhcp-client"),
        files=_interfaces(_stanzas("allow-hotplug", "ens3", "ens6") + _stanzas("auto", "ens4")),
    ),
    Setup(
        name="ifupdown-ng-auto",
        packages=("ifupdown-ng", "isc-dhcp-client"),
        files=_interfaces(_stanzas("auto", "ens3", "ens4")),
    ),
    Setup(
        name="ifupdown-ng-no-source",
        packages=("ifupdown-ng", "isc-dhcp-client"),
        files={_INTERFACES: _LOOPBACK + _stanzas("auto", "ens3", "ens4")},
    ),
    Setup(
        name="trixie-ifupdown-many-hotplug",
        packages=("ifupdown", "dhcpcd-base"),
        files=_interfaces(_stanzas("allow-hotplug", *(f"ens{slot}" for slot in range(3, 11)))),
        generation="trixie",
    ),
)
