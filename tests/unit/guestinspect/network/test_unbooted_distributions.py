"""Guests of distributions that are neither Debian nor like it, and that cannot be booted here: trees, by source."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

BUSYBOX_INIT = Part(
    {
        "/bin/busybox": "ELF",
        "/etc/inittab": "::sysinit:/etc/init.d/rcS\n::ctrlaltdel:/sbin/reboot\n",
        "/etc/network/interfaces": "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n",
        "/etc/init.d/S40network": "#!/bin/sh\n/sbin/ifup -a\n",
    },
    {"/sbin/init": "/bin/busybox", "/sbin/ifup": "/bin/busybox"},
)
"""A guest of Buildroot, whose scripts run in the order of their names. Source: its ``package/initscripts``."""

CIRROS = BUSYBOX_INIT | Part(
    {
        "/etc/os-release": "NAME=CirrOS\nID=cirros\nVERSION_ID=0.6.2\n",
        "/etc/inittab": "::sysinit:/etc/init.d/rc.sysinit\n::ctrlaltdel:/sbin/reboot\n",
        "/etc/init.d/rc.sysinit": "#!/bin/sh\n",
    },
    {"/etc/rc3.d/S40-network": "../init.d/S40network"},
)
"""Source: cirros-dev/cirros, ``src/etc/inittab``, ``src/etc/init.d`` and ``src/etc/rc3.d``."""

STORE = "/nix/store"
NIXOS = Part(
    {
        f"{STORE}/a-etc/etc/os-release": 'ID=nixos\nVERSION_ID="24.05"\n',
        f"{STORE}/b-systemd-255/lib/systemd/systemd": "ELF",
        f"{STORE}/c-units/dhcpcd.service": "[Service]\nExecStart=/nix/store/d-dhcpcd/bin/dhcpcd\n",
        f"{STORE}/e-nixos/init": "#!/bin/sh\n",
        "/bin/sh": "ELF",
        "/usr/bin/env": "ELF",
        "/boot/grub/grub.cfg": f"menuentry NixOS {{\n  linux {STORE}/f/bzImage init={STORE}/e-nixos/init\n}}\n",
    },
    {
        "/etc/static": f"{STORE}/a-etc/etc",
        "/etc/os-release": "/etc/static/os-release",
        "/etc/systemd/system": f"{STORE}/c-units",
    },
)
"""Source: nixpkgs, ``nixos/modules/system/etc`` and ``nixos/modules/system/boot/loader/grub``."""

FLATCAR_ROOT = guests.files({"/etc/machine-id": "", "/etc/flatcar/update.conf": "GROUP=stable\n", "/oem/": ""})
"""The root before the first boot: the system is on another partition, which the initramfs mounts at /usr.

Source: Flatcar's documentation, "Disk layout" (``USR-A`` and ``ROOT``).
"""


class TestUnbootedDistributions(VerdictTest):
    def assert_init_is_unknown(self, guest: Part) -> None:
        self.assert_verdict(guest, "unknown", "unknown")
        unknown = self.assertRaises(Unknown, self.inspect_guest(guest)["nics_at_boot"])
        self.assertIn("no known init program", unknown.why)

    def test_the_init_of_cirros_is_unknown(self) -> None:
        self.assert_init_is_unknown(CIRROS)

    def test_the_init_of_busybox_is_unknown(self) -> None:
        self.assert_init_is_unknown(BUSYBOX_INIT)
        self.assert_init_is_unknown(BUSYBOX_INIT | guests.links({"/sbin/init": "../bin/busybox.nosuid"}))

    def test_busybox_starts_openrc_in_alpine(self) -> None:
        interfaces = guests.files({"/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n"})

        self.assert_verdict(BUSYBOX_INIT | guests.ALPINE | interfaces, "first", "no")

    def test_the_init_of_nixos_is_unknown(self) -> None:
        self.assert_init_is_unknown(NIXOS)

    def test_the_system_of_flatcar_is_on_another_partition(self) -> None:
        self.assert_init_is_unknown(FLATCAR_ROOT)
