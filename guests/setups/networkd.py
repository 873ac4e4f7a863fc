"""Guests whose network is configured by systemd-networkd."""

from __future__ import annotations

from guests.setup import ALL_MACHINES, DiskFormat, Layout, MachineType, Setup

_FOLDER = "/etc/systemd/network"
_NETWORKD = ("systemd-networkd.service",)


def _network(match: str, file: str = "20-wired.network") -> dict[str, str]:
    return {f"{_FOLDER}/{file}": f"[Match]\n{match}\n\n[Network]\nDHCP=yes\n"}


SETUPS = (
    Setup(
        name="networkd-pattern",
        files=_network("Name=en*"),
        enabled=_NETWORKD,
        layout=Layout.BTRFS,
        disk_format=DiskFormat.QCOW2,
        machines=ALL_MACHINES,
    ),
    Setup(
        name="networkd-one",
        files=_network("Name=ens3"),
        enabled=_NETWORKD,
        machines=(MachineType.I440FX, MachineType.Q35),
    ),
    Setup(name="networkd-mac", files=_network("MACAddress=fa:16:3e:00:00:02"), enabled=_NETWORKD),
    Setup(name="networkd-not-enabled", files=_network("Name=en*")),
    Setup(
        name="networkd-first-boot",
        files=_network("Name=en*") | {"/etc/machine-id": "uninitialized\n"},
    ),
    Setup(
        name="networkd-first-boot-writable",
        files=_network("Name=en*") | {"/etc/machine-id": "uninitialized\n"},
        parameters=("rw",),
    ),
    Setup(
        name="networkd-masked",
        files=_network("Name=en*"),
        enabled=_NETWORKD,
        masked=_NETWORKD,
    ),
    Setup(
        name="networkd-drop-in",
        files={
            f"{_FOLDER}/20-wired.network": "[Match]\nName=en*\n",
            f"{_FOLDER}/20-wired.network.d/dhcp.conf": "[Network]\nDHCP=ipv4\n",
        },
        enabled=_NETWORKD,
    ),
    Setup(
        name="networkd-shadowed",
        files=_network("Name=en*", "80-all.network")
        | {f"{_FOLDER}/10-second.network": "[Match]\nName=ens4\n\n[Network]\nLinkLocalAddressing=no\n"},
        links={f"{_FOLDER}/90-off.network": "/dev/null"},
        enabled=_NETWORKD,
    ),
    Setup(
        name="networkd-eth-ifnames-0",
        files=_network("Name=eth*"),
        enabled=_NETWORKD,
        parameters=("net.ifnames=0", "biosdevname=0"),
    ),
    Setup(name="networkd-eth", files=_network("Name=eth*"), enabled=_NETWORKD),
    Setup(name="networkd-alternative-name", files=_network("Name=enp0s4"), enabled=_NETWORKD),
    Setup(name="networkd-type", files=_network("Type=ether"), enabled=_NETWORKD),
    Setup(name="networkd-driver", files=_network("Driver=virtio_net"), enabled=_NETWORKD),
    Setup(
        name="networkd-stale-udev-rules",
        files=_network("Name=eth0")
        | {
            "/etc/udev/rules.d/70-persistent-net.rules": 'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", '
            'ATTR{address}=="52:54:00:12:34:56", ATTR{type}=="1", KERNEL=="eth*", NAME="eth0"\n'
        },
        enabled=_NETWORKD,
    ),
    Setup(
        name="networkd-eth-stale-initramfs",
        files=_network("Name=eth*"),
        links={f"{_FOLDER}/99-default.link": "/dev/null"},
        enabled=_NETWORKD,
        has_stale_initramfs=True,
    ),
    Setup(
        name="networkd-link-stale-initramfs",
        files=_network("Name=lan0 wan0")
        | {
            f"{_FOLDER}/10-lan.link": "[Match]\nPath=pci-0000:00:04.0\n\n[Link]\nName=lan0\n",
            f"{_FOLDER}/11-wan.link": "[Match]\nOriginalName=eth*\nPath=pci-0000:00:05.0\n\n[Link]\nName=wan0\n",
        },
        enabled=_NETWORKD,
        has_stale_initramfs=True,
    ),
    Setup(
        name="networkd-rules-stale-initramfs",
        files=_network("Name=lan0 wan0")
        | {
            "/etc/udev/rules.d/70-persistent-net.rules": 'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", '
            'KERNELS=="0000:00:04.0", NAME="lan0"\n'
            'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", KERNELS=="0000:00:05.0", KERNEL=="eth*", NAME="wan0"\n'
        },
        enabled=_NETWORKD,
        has_stale_initramfs=True,
    ),
    Setup(name="trixie-networkd-pattern", files=_network("Name=en*"), enabled=_NETWORKD, generation="trixie"),
    Setup(name="trixie-networkd-not-enabled", files=_network("Name=en*"), generation="trixie"),
    Setup(name="bullseye-networkd-pattern", files=_network("Name=en*"), enabled=_NETWORKD, generation="bullseye"),
)
