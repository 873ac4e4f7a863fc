"""Guests of a few files each, as their distributions make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guestinspect.disk.tree import Status, Type
from tests.trees import MemoryTree

SYSTEM = "/usr/lib/systemd/system"
WANTS = "/etc/systemd/system/multi-user.target.wants"
RULES = "/usr/lib/udev/rules.d"


@dataclass(frozen=True)
class Part:
    """Files and links of a guest; parts are laid over each other with ``|``.

    Args:
        files: Content by path.
        links: Targets by path.
        programs: The files that are executable.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    programs: frozenset[str] = frozenset()

    def __or__(self, other: Part) -> Part:
        return Part({**self.files, **other.files}, {**self.links, **other.links}, self.programs | other.programs)

    @property
    def tree(self) -> MemoryTree:
        """Return the guest. Only root can read NetworkManager's profiles: it ignores others."""
        kept = {path: Status(Type.FILE, mode=0o600) for path in self.files if path.endswith(".nmconnection")}
        kept |= {path: Status(Type.FILE, mode=0o755) for path in self.programs}
        return MemoryTree(self.files, links=self.links, statuses=kept)


def files(content: Mapping[str, str]) -> Part:
    """Return a part of these files."""
    return Part(content)


def links(targets: Mapping[str, str]) -> Part:
    """Return a part of these links."""
    return Part({}, targets)


def program(path: str, content: str) -> Part:
    """Return a part of one executable file."""
    return Part({path: content}, {}, frozenset({path}))


def command_line(words: str) -> Part:
    """Return the configuration of GRUB with these kernel parameters."""
    entry = f"menuentry 'Debian GNU/Linux' {{\n\tlinux /vmlinuz root=/dev/vda1 ro {words}\n}}\n"
    return Part({"/boot/grub/grub.cfg": entry})


def service(name: str, wanted_by: str = "multi-user.target", more: str = "") -> str:
    """Return the text of a unit file."""
    return f"[Unit]\nDescription={name}\n{more}[Service]\nExecStart=/usr/bin/{name}\n[Install]\nWantedBy={wanted_by}\n"


DEBIAN = Part(
    {
        "/etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
        "/etc/debian_version": "12.5\n",
        "/var/lib/dpkg/status": "",
        "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
        "/usr/lib/systemd/systemd": "ELF",
        "/usr/lib/systemd/systemd-udevd": "ELF",
        f"{RULES}/80-net-setup-link.rules": 'SUBSYSTEM=="net", NAME=="", ENV{ID_NET_NAME}!="", '
        'NAME="$env{ID_NET_NAME}"\n',
        "/usr/lib/systemd/network/99-default.link": "[Match]\nOriginalName=*\n\n[Link]\n"
        "NamePolicy=keep kernel database onboard slot path\nAlternativeNamesPolicy=database onboard slot path\n"
        "MACAddressPolicy=persistent\n",
        "/usr/lib/systemd/network/80-container-host0.network": "[Match]\nKind=veth\nName=host0\n"
        "Virtualization=container\n\n[Network]\nDHCP=yes\n",
        f"{SYSTEM}/systemd-networkd.service": service("systemd-networkd"),
        f"{SYSTEM}/systemd-networkd.socket": "[Unit]\n[Socket]\nListenNetlink=route 1361\n[Install]\n"
        "WantedBy=sockets.target\n",
        f"{SYSTEM}/multi-user.target": "[Unit]\nRequires=basic.target\n",
        "/usr/bin/ip": "ELF",
        "/usr/bin/systemctl": "ELF",
    },
    {"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/sbin/init": "/usr/lib/systemd/systemd"},
)

NETWORKD = links({f"{WANTS}/systemd-networkd.service": f"{SYSTEM}/systemd-networkd.service"})

IFUPDOWN = Part(
    {
        "/etc/network/interfaces": "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n",
        f"{RULES}/80-ifupdown.rules": 'SUBSYSTEM=="net", ACTION=="add|remove", RUN+="ifupdown-hotplug"\n',
        f"{SYSTEM}/networking.service": service("networking"),
        f"{SYSTEM}/ifup@.service": "[Service]\nExecStart=/sbin/ifup --allow=hotplug %I\n",
        **{f"/usr/sbin/{name}": "ELF" for name in ("ifup", "ifdown", "ifquery", "dhclient")},
    },
    {f"{WANTS}/networking.service": f"{SYSTEM}/networking.service"},
)

NETPLAN = files({"/usr/lib/systemd/system-generators/netplan": "ELF", "/usr/sbin/netplan": "#!/usr/bin/python3\n"})

NETPLAN_FOR_ALL = files(
    {
        "/etc/netplan/90-default.yaml": "network:\n  version: 2\n  ethernets:\n"
        "    all-en:\n      match:\n        name: en*\n      dhcp4: true\n      dhcp6: true\n"
        "    all-eth:\n      match:\n        name: eth*\n      dhcp4: true\n"
    }
)

NETWORK_MANAGER = Part(
    {
        "/etc/NetworkManager/NetworkManager.conf": "[main]\nplugins=ifupdown,keyfile\n\n[ifupdown]\nmanaged=false\n",
        f"{SYSTEM}/NetworkManager.service": service("NetworkManager"),
        "/usr/sbin/NetworkManager": "ELF",
        "/usr/bin/nmcli": "ELF",
    },
    {f"{WANTS}/NetworkManager.service": f"{SYSTEM}/NetworkManager.service"},
)

CLOUD_INIT_WITHOUT_PACKAGE = Part(
    {
        "/usr/bin/cloud-init": "#!/usr/bin/python3\n",
        "/usr/lib/cloud-init/ds-identify": "#!/bin/sh\n",
        "/usr/lib/systemd/system-generators/cloud-init-generator": "#!/bin/sh\n",
        f"{SYSTEM}/cloud-init.target": "[Unit]\nAfter=multi-user.target\n",
        f"{SYSTEM}/cloud-init-local.service": service("cloud-init-local", "cloud-init.target"),
        "/etc/cloud/cloud.cfg": "users:\n  - default\nsystem_info:\n  distro: debian\n",
    },
    {
        "/etc/systemd/system/cloud-init.target.wants/cloud-init-local.service": f"{SYSTEM}/cloud-init-local.service",
    },
)

_PYTHON = "/usr/lib/python3/dist-packages/cloudinit"
_RENDERERS = ("eni", "sysconfig", "netplan", "network_manager", "networkd")
CLOUD_INIT = CLOUD_INIT_WITHOUT_PACKAGE | files(
    {
        f"{_PYTHON}/sources/DataSourceConfigDrive.py": "    def network_config(self):\n",
        f"{_PYTHON}/sources/DataSourceOpenStack.py": "class DataSourceOpenStackLocal(DataSourceOpenStack):\n",
        f"{_PYTHON}/cmd/devel/hotplug_hook.py": "",
        **{f"{_PYTHON}/net/{name}.py": "" for name in ("__init__", "renderers", *_RENDERERS)},
    }
)

ROCKY = Part(
    {
        "/etc/os-release": 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n',
        "/var/lib/rpm/rpmdb.sqlite": "SQLite",
        "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
        **{
            path: text for path, text in DEBIAN.files.items() if path.startswith("/usr/lib/") and "networkd" not in path
        },
        **{f"/usr/{name}": "ELF" for name in ("bin/systemctl", "sbin/ip")},
    },
    DEBIAN.links,
)

ALPINE = Part(
    {
        "/etc/os-release": "ID=alpine\nVERSION_ID=3.20.0\n",
        "/etc/alpine-release": "3.20.0\n",
        "/lib/apk/db/installed": "",
        "/etc/inittab": "::sysinit:/sbin/openrc sysinit\n",
        "/etc/network/interfaces": "auto lo\niface lo inet loopback\n",
        **{f"/sbin/{name}": "ELF" for name in ("openrc", "openrc-run", "ifup", "ifdown", "ifquery", "udhcpc")},
        "/etc/init.d/networking": "#!/sbin/openrc-run\n",
        "/bin/busybox": "ELF",
    },
    {"/etc/runlevels/boot/networking": "/etc/init.d/networking", "/sbin/init": "/bin/busybox"},
)
