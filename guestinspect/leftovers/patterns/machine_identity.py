"""Patterns of what belongs to one machine only."""

from __future__ import annotations

from guestinspect.leftovers.patterns.pattern import leftover_pattern
from guestinspect.model.leftover import Kind

IDENTITY = (
    leftover_pattern(
        Kind.IDENTITY,
        "machine ID",
        "/etc/machine-id /var/lib/dbus/machine-id",
        rb"\A[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\s{0,9}\Z",
    ),
    leftover_pattern(Kind.IDENTITY, "registration of one machine", "/etc/insights-client/machine-id"),
    leftover_pattern(
        Kind.IDENTITY,
        "cloud-init's state of an instance",
        "/var/lib/cloud/instances/*/ /var/lib/cloud/data/instance-id",
    ),
    leftover_pattern(
        Kind.IDENTITY,
        "DHCP lease or identifier",
        "/var/lib/dhcp/*.lease* /var/lib/dhclient/*.lease* /var/lib/NetworkManager/*.lease /var/lib/dhcpcd/*"
        " /var/lib/dhcpcd5/* /var/lib/wicked/*.xml /etc/dhcpcd.duid /etc/dhcpcd.secret",
    ),
    leftover_pattern(
        Kind.IDENTITY,
        "NetworkManager's state of one machine",
        "/var/lib/NetworkManager/secret_key /var/lib/NetworkManager/seen-bssids",
    ),
    leftover_pattern(
        Kind.IDENTITY,
        "random seed",
        "/var/lib/systemd/random-seed /var/lib/urandom/random-seed /var/lib/random-seed /var/lib/misc/random-seed"
        " /var/lib/seedrng/* /boot/loader/random-seed /boot/efi/loader/random-seed /efi/loader/random-seed",
    ),
    leftover_pattern(Kind.IDENTITY, "host ID", "/etc/hostid"),
    leftover_pattern(Kind.IDENTITY, "host ID for NVMe", "/etc/nvme/hostid /etc/nvme/hostnqn"),
    leftover_pattern(Kind.IDENTITY, "systemd's key for credentials", "/var/lib/systemd/credential.secret"),
    leftover_pattern(Kind.IDENTITY, "registration of one machine", "/etc/sysconfig/rhn/systemid"),
    leftover_pattern(Kind.IDENTITY, "name of a Salt minion", "/etc/salt/minion_id"),
    leftover_pattern(
        Kind.IDENTITY, "name of an iSCSI initiator", "/etc/iscsi/initiatorname.iscsi", rb"^InitiatorName=\S"
    ),
    leftover_pattern(
        Kind.IDENTITY,
        "network interfaces by their MAC addresses",
        "/etc/udev/rules.d/*persistent-net.rules",
        rb"^[^#\n]{0,500}ATTRS?\{address\}==\"[0-9A-Fa-f]{2}:",
    ),
)
