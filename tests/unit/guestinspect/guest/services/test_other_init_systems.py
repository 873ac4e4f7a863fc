"""The services that System V's runlevels, upstart, OpenRC and runit start."""

from __future__ import annotations

from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.services.systemd_guest import SHIPPED, UnitsTestCase, a_systemd


class TestOtherInitSystems(UnitsTestCase):
    def test_systemd_starts_a_script_without_a_unit(self) -> None:
        files = {"/etc/rc.d/init.d/network": "#!/bin/sh\n", f"{SHIPPED}-generators/systemd-sysv-generator": "ELF"}
        links = {"/etc/init.d": "rc.d/init.d", "/etc/rc.d/rc3.d/S10network": "../init.d/network"}

        self.assert_starts(a_systemd(files, links), "network", "/etc/rc.d/rc3.d/S10network")

    def test_systemd_without_the_generator_starts_no_script(self) -> None:
        files = {"/etc/init.d/network": "#!/bin/sh\n"}
        links = {"/etc/rc3.d/S10network": "../init.d/network"}

        self.assertFalse(a_systemd(files, links).starts("network").is_started)

    def test_a_script_of_the_early_boot_is_unknown(self) -> None:
        files = {"/etc/init.d/networking": "#!/bin/sh\n"}
        links = {"/etc/rcS.d/S10networking": "../init.d/networking"}

        self.assertRaises(Unknown, a_systemd(files, links).starts, "networking")

    def test_a_unit_hides_the_script_of_its_name(self) -> None:
        files = {
            "/etc/init.d/networking": "#!/bin/sh\n",
            f"{SHIPPED}-generators/systemd-sysv-generator": "ELF",
            f"{SHIPPED}/networking.service": "[Service]\nExecStart=/sbin/ifup -a\n",
        }
        units = a_systemd(files, {"/etc/rc2.d/S01networking": "../init.d/networking"})

        self.assertFalse(units.starts("networking").is_started)

    def test_a_runlevel_of_system_v_starts_a_service(self) -> None:
        files = {"/sbin/init": "ELF", "/etc/inittab": "id:2:initdefault:\n", "/etc/init.d/networking": "#!/bin/sh\n"}
        units = Units(MemoryTree(files, links={"/etc/rcS.d/S12networking": "../init.d/networking"}))

        self.assert_starts(units, "networking", "/etc/rcS.d/S12networking")

    def test_another_runlevel_than_the_default_starts_nothing(self) -> None:
        files = {"/sbin/init": "ELF", "/etc/inittab": "id:3:initdefault:\n", "/etc/rc.d/init.d/network": "#!/bin/sh\n"}
        units = Units(MemoryTree(files, links={"/etc/rc.d/rc5.d/S10network": "../init.d/network"}))

        self.assertFalse(units.starts("network").is_started)

    def test_upstart_starts_a_job_unless_it_is_manual(self) -> None:
        files = {
            "/sbin/init": "ELF",
            "/sbin/initctl": "ELF",
            "/etc/init/networking.conf": "description x\nstart on (local-filesystems)\n",
        }
        manual = files | {"/etc/init/networking.override": "manual\n"}

        self.assert_starts(Units(MemoryTree(files)), "networking", "/etc/init/networking.conf:2")
        self.assertFalse(Units(MemoryTree(manual)).starts("networking").is_started)

    def test_openrc_starts_the_services_of_its_runlevels(self) -> None:
        files = {"/etc/init.d/networking": "#!/sbin/openrc-run\n", "/sbin/openrc": "ELF", "/bin/busybox": "ELF"}
        links = {"/sbin/init": "/bin/busybox", "/etc/runlevels/boot/networking": "/etc/init.d/networking"}
        units = Units(MemoryTree(files, links=links))

        self.assert_starts(units, "networking", "/etc/runlevels/boot/networking")
        self.assertFalse(units.starts("dhcpcd").is_started)

    def test_runit_starts_a_service_unless_it_is_down(self) -> None:
        files = {
            "/etc/runit/runsvdir/default/dhcpcd/run": "#!/bin/sh\n",
            "/etc/runit/runsvdir/default/sshd/run": "#!/bin/sh\n",
            "/etc/runit/runsvdir/default/sshd/down": "",
        }
        units = Units(MemoryTree(files, links={"/sbin/init": "runit-init"}))

        self.assert_starts(units, "dhcpcd", "/etc/runit/runsvdir/default/dhcpcd")
        self.assertFalse(units.starts("sshd").is_started)
