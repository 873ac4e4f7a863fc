"""Guests with cloud-init, with netplan, or with both."""

from __future__ import annotations

from guests.setup import MachineType, Setup, Source

_BOTH_SOURCES = (Source.CONFIG_DRIVE, Source.NONE)
_CLOUD_INIT = "cloud-init"
_IFUPDOWN = ("ifupdown", "isc-dhcp-client")
_PLAN = "/etc/netplan/90-default.yaml"
_NETWORKD = ("systemd-networkd.service",)


def _netplan(match: str, renderer: str = "networkd") -> dict[str, str]:
    return {
        _PLAN: f"network:\n  version: 2\n  renderer: {renderer}\n  ethernets:\n    all-nics:\n"
        f"      match:\n        {match}\n      dhcp4: true\n"
    }


_OF_ANOTHER_INSTANCE = {
    "/etc/netplan/50-cloud-init.yaml": "network:\n  version: 2\n  ethernets:\n    ens3:\n      dhcp4: true\n"
    "      match:\n        macaddress: 'fa:16:3e:aa:bb:cc'\n      set-name: ens3\n"
}
_STALE_INTERFACES = {
    "/etc/network/interfaces.d/50-cloud-init": "auto lo\niface lo inet loopback\n\n"
    "auto ens7\niface ens7 inet dhcp\n    hwaddress fa:16:3e:aa:bb:cc\n"
}
_OFF = {"/etc/cloud/cloud-init.disabled": ""}
_NETWORK_OFF = {"/etc/cloud/cloud.cfg.d/99-network.cfg": "network: {config: disabled}\n"}
_UNITS = ("cloud-init-local.service", "cloud-init.service", "cloud-config.service", "cloud-final.service")

SETUPS = (
    Setup(
        name="cloud-init-ifupdown",
        packages=(_CLOUD_INIT, *_IFUPDOWN),
        sources=_BOTH_SOURCES,
        machines=(MachineType.I440FX, MachineType.Q35_TABLET),
    ),
    Setup(name="cloud-init-netplan", packages=(_CLOUD_INIT, "netplan.io"), sources=_BOTH_SOURCES),
    Setup(
        name="cloud-init-netplan-pattern",
        packages=(_CLOUD_INIT, "netplan.io"),
        files=_netplan("name: 'en*'"),
        sources=_BOTH_SOURCES,
    ),
    Setup(name="cloud-init-nm", packages=(_CLOUD_INIT, "network-manager"), sources=_BOTH_SOURCES),
    Setup(name="cloud-init-networkd", packages=(_CLOUD_INIT,), enabled=_NETWORKD, sources=_BOTH_SOURCES),
    Setup(
        name="cloud-init-network-off",
        packages=(_CLOUD_INIT, "netplan.io"),
        files=_NETWORK_OFF | _netplan("name: ens3"),
    ),
    Setup(
        name="cloud-init-disabled",
        packages=(_CLOUD_INIT, "netplan.io"),
        files=_OFF | _netplan("name: en*"),
    ),
    Setup(
        name="cloud-init-disabled-stale",
        packages=(_CLOUD_INIT, "netplan.io"),
        files=_OFF | _OF_ANOTHER_INSTANCE,
    ),
    Setup(
        name="cloud-init-disabled-by-kernel",
        packages=(_CLOUD_INIT, *_IFUPDOWN),
        parameters=("cloud-init=disabled",),
        files=_STALE_INTERFACES,
    ),
    Setup(
        name="cloud-init-stale",
        packages=(_CLOUD_INIT, *_IFUPDOWN),
        files=_STALE_INTERFACES | {"/etc/network/interfaces": "source /etc/network/interfaces.d/*\n"},
    ),
    Setup(
        name="cloud-init-masked",
        packages=(_CLOUD_INIT, "netplan.io"),
        files=_netplan("name: en*"),
        masked=_UNITS,
    ),
    Setup(
        name="cloud-init-source-none",
        packages=(_CLOUD_INIT, *_IFUPDOWN),
        files={"/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ None ]\n"},
    ),
    Setup(
        name="cloud-init-source-no-cloud",
        packages=(_CLOUD_INIT, *_IFUPDOWN),
        files={"/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ NoCloud, None ]\n"},
    ),
    Setup(
        name="netplan-nm",
        packages=("netplan.io", "network-manager"),
        files=_netplan("name: en*", "NetworkManager"),
    ),
    Setup(
        name="netplan-pattern",
        packages=("netplan.io",),
        files=_netplan("name: en*"),
        machines=(MachineType.I440FX, MachineType.Q35_TABLET),
    ),
    Setup(
        name="netplan-driver",
        packages=("netplan.io",),
        files=_netplan("driver: virtio_net"),
    ),
    Setup(
        name="trixie-cloud-init-netplan",
        packages=(_CLOUD_INIT, "netplan.io"),
        sources=_BOTH_SOURCES,
        generation="trixie",
    ),
    Setup(
        name="trixie-cloud-init-netplan-pattern",
        packages=(_CLOUD_INIT, "netplan.io"),
        files=_netplan("name: 'en*'"),
        generation="trixie",
    ),
    Setup(
        name="trixie-cloud-init-nm",
        packages=(_CLOUD_INIT, "network-manager"),
        sources=_BOTH_SOURCES,
        generation="trixie",
    ),
    Setup(
        name="bullseye-cloud-init-ifupdown",
        packages=(_CLOUD_INIT, *_IFUPDOWN),
        sources=_BOTH_SOURCES,
        generation="bullseye",
    ),
)
