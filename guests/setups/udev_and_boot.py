"""Guests whose NICs are configured by what udev starts, or by what runs at boot."""

from __future__ import annotations

from guests.setup import Setup

_IFUPDOWN = ("ifupdown", "isc-dhcp-client")
_INTERFACES = {"/etc/network/interfaces": "auto lo\niface lo inet loopback\n"}
_UNITS = "/etc/systemd/system"
_RULES = "/etc/udev/rules.d"

# As diskimage-builder's element dhcp-all-interfaces: a unit for each NIC writes a stanza for it, and brings it up.
_INTERFACE_SCRIPT = """#!/bin/bash
set -eu
nic=$1
if ! grep -q "^iface $nic " /etc/network/interfaces; then
    flock /etc/network/interfaces -c true
    printf "auto $nic\\niface $nic inet dhcp\\n\\n" >>/etc/network/interfaces
fi
"""
_INTERFACE_UNIT = """[Unit]
Description=DHCP on %i
DefaultDependencies=no
After=network.target
ConditionPathExists=!/etc/sysconfig/network-scripts/ifcfg-%i

[Service]
Type=oneshot
ExecStartPre=/usr/local/sbin/dhcp-nic %i
ExecStart=/sbin/ifup %i
RemainAfterExit=true
"""
_INTERFACE_RULE = (
    'SUBSYSTEM=="net", KERNEL!="lo", ACTION=="add|move", TAG+="systemd", ENV{SYSTEMD_WANTS}+="dhcp-nic@$name.service"\n'
)
_CLIENT_UNIT = "[Service]\nExecStart=/sbin/dhclient -d %i\n"
_BOOT_SCRIPT = """#!/bin/sh
for path in /sys/class/net/en*; do
    dhclient "${path##*/}"
done
"""
_BOOT_UNIT = """[Unit]
After=systemd-udev-settle.service
Wants=systemd-udev-settle.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/all-nics

[Install]
WantedBy=multi-user.target
"""

SETUPS = (
    Setup(
        name="udev-unit-ifup",
        packages=_IFUPDOWN,
        files=_INTERFACES
        | {
            "/usr/local/sbin/dhcp-nic": _INTERFACE_SCRIPT,
            f"{_UNITS}/dhcp-nic@.service": _INTERFACE_UNIT,
            f"{_RULES}/99-dhcp-nic.rules": _INTERFACE_RULE,
        },
    ),
    Setup(
        name="udev-unit-client",
        packages=("isc-dhcp-client",),
        files={
            f"{_UNITS}/dhcp-client@.service": _CLIENT_UNIT,
            f"{_RULES}/99-dhcp-client.rules": 'SUBSYSTEM=="net", ACTION=="add|move", KERNEL=="e*", '
            'TAG+="systemd", ENV{SYSTEMD_WANTS}="dhcp-client@%k.service"\n',
        },
    ),
    Setup(
        name="udev-unit-kernel-name",
        packages=("isc-dhcp-client",),
        files={
            f"{_UNITS}/dhcp-client@.service": _CLIENT_UNIT,
            f"{_RULES}/99-dhcp-client.rules": 'SUBSYSTEM=="net", ACTION=="add", KERNEL=="en*", '
            'TAG+="systemd", ENV{SYSTEMD_WANTS}="dhcp-client@%k.service"\n',
        },
    ),
    Setup(
        name="udev-run-client",
        packages=("isc-dhcp-client",),
        files={
            f"{_RULES}/99-client.rules": 'SUBSYSTEM=="net", ACTION=="add", KERNEL=="e*", RUN+="/sbin/dhclient %k"\n'
        },
    ),
    Setup(
        name="udev-run-systemctl",
        packages=("isc-dhcp-client",),
        files={
            f"{_UNITS}/dhcp-client@.service": _CLIENT_UNIT,
            f"{_RULES}/99-client.rules": 'SUBSYSTEM=="net", ACTION=="add", KERNEL!="lo", '
            'RUN+="/bin/systemctl --no-block start dhcp-client@$name.service"\n',
        },
    ),
    Setup(
        name="boot-script",
        packages=("isc-dhcp-client",),
        files={"/usr/local/sbin/all-nics": _BOOT_SCRIPT, f"{_UNITS}/all-nics.service": _BOOT_UNIT},
        enabled=("all-nics.service",),
    ),
)
