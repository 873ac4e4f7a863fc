"""The services that systemd starts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Unreadable
from guestinspect.guest.services.unit_files import read_settings
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from tests import base
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.services.systemd_guest import (
    DEFAULT,
    ENABLED,
    LOCAL,
    SHIPPED,
    SYSTEMD,
    UnitsTestCase,
    a_systemd,
)


class TestEnabled(UnitsTestCase):
    def test_a_link_of_the_default_target_starts_a_unit(self) -> None:
        units = a_systemd(links=ENABLED)

        self.assert_starts(units, "systemd-networkd", f"{LOCAL}/multi-user.target.wants/systemd-networkd.service")

    def test_an_installed_unit_that_nothing_wants_is_not_started(self) -> None:
        units = a_systemd()

        self.assert_does_not_start(
            units, "systemd-networkd", "systemd-networkd.service is not enabled", f"{SHIPPED}/systemd-networkd.service"
        )

    def test_a_link_whose_unit_was_removed_starts_nothing(self) -> None:
        units = a_systemd(links={f"{LOCAL}/multi-user.target.wants/gone.service": f"{SHIPPED}/gone.service"})

        self.assert_does_not_start(units, "gone", "gone is not installed")

    def test_a_link_of_a_target_outside_the_boot_starts_nothing(self) -> None:
        links = {f"{LOCAL}/network-online.target.wants/systemd-networkd.service": f"{SHIPPED}/systemd-networkd.service"}
        units = a_systemd(links=links)

        self.assertFalse(units.starts("systemd-networkd").is_started)

    def test_a_started_unit_pulls_in_a_target(self) -> None:
        links = {
            f"{LOCAL}/network-online.target.wants/systemd-networkd.service": f"{SHIPPED}/systemd-networkd.service",
            f"{LOCAL}/multi-user.target.wants/job.service": f"{SHIPPED}/job.service",
        }
        units = a_systemd({f"{SHIPPED}/job.service": "[Unit]\nWants=network-online.target\n"}, links)

        self.assert_starts(units, "systemd-networkd", f"{LOCAL}/network-online.target.wants/systemd-networkd.service")

    def test_a_line_of_a_started_unit_starts_another(self) -> None:
        links = {f"{LOCAL}/multi-user.target.wants/job.service": f"{SHIPPED}/job.service"}
        units = a_systemd({f"{SHIPPED}/job.service": "[Unit]\n\nRequires=systemd-networkd.service\n"}, links)

        self.assert_starts(units, "systemd-networkd", f"{SHIPPED}/job.service:3")

    def test_another_default_target_starts_other_units(self) -> None:
        units = a_systemd(links=ENABLED | {f"{LOCAL}/default.target": f"{SHIPPED}/rescue.target"})

        self.assertFalse(units.starts("systemd-networkd").is_started)

    def test_a_link_of_a_generator_starts_a_unit(self) -> None:
        path = "/run/systemd/system/multi-user.target.wants/systemd-networkd.service"
        units = a_systemd(links={path: f"{SHIPPED}/systemd-networkd.service"})

        self.assert_starts(units, "systemd-networkd", path)

    def test_a_file_of_a_generator_starts_a_unit(self) -> None:
        path = "/run/systemd/generator/multi-user.target.wants/systemd-networkd.service"
        tree = Overlay(MemoryTree(SYSTEMD, links=DEFAULT), {path: b"[Unit]\n"})

        self.assert_starts(Units(tree), "systemd-networkd", path)

    def test_overlong_names_are_skipped(self) -> None:
        wants = "a-" * 50_000
        files = {f"{SHIPPED}/job.service": f"[Unit]\nWants={wants}.service\n"}
        units = a_systemd(files, {f"{LOCAL}/multi-user.target.wants/job.service": f"{SHIPPED}/job.service"})

        self.assertFalse(units.starts("systemd-networkd").is_started)

    def test_a_link_of_a_package_starts_a_unit(self) -> None:
        path = f"{SHIPPED}/multi-user.target.wants/systemd-networkd.service"
        units = a_systemd(links={path: "../systemd-networkd.service"})

        self.assert_starts(units, "systemd-networkd", path)

    def test_a_link_of_a_package_can_be_masked(self) -> None:
        links = {
            f"{SHIPPED}/multi-user.target.wants/systemd-networkd.service": "../systemd-networkd.service",
            f"{LOCAL}/multi-user.target.wants/systemd-networkd.service": "/dev/null",
        }

        self.assertFalse(a_systemd(links=links).starts("systemd-networkd").is_started)

    def test_a_unit_is_found_by_its_alias(self) -> None:
        alias = {f"{LOCAL}/dbus-org.freedesktop.network1.service": f"{SHIPPED}/systemd-networkd.service"}
        units = a_systemd(links=ENABLED | alias)

        self.assertTrue(units.starts("dbus-org.freedesktop.network1").is_started)

    def test_a_wanted_alias_starts_its_unit(self) -> None:
        links = {
            f"{LOCAL}/display-manager.service": f"{SHIPPED}/gdm.service",
        }
        units = a_systemd({f"{SHIPPED}/gdm.service": "[Service]\nExecStart=/usr/sbin/gdm\n"}, links)

        self.assert_starts(units, "gdm", f"{SHIPPED}/graphical.target:3")

    def test_an_alias_for_dbus_alone_starts_nothing(self) -> None:
        alias = {f"{LOCAL}/dbus-org.freedesktop.network1.service": f"{SHIPPED}/systemd-networkd.service"}

        self.assertFalse(a_systemd(links=alias).starts("systemd-networkd").is_started)

    def test_a_socket_for_clients_starts_nothing_at_boot(self) -> None:
        files = {
            f"{SHIPPED}/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd\n",
            f"{SHIPPED}/ssh.socket": "[Socket]\nListenStream=22\n",
        }
        units = a_systemd(files, {f"{LOCAL}/sockets.target.wants/ssh.socket": f"{SHIPPED}/ssh.socket"})

        self.assertFalse(units.starts("ssh").is_started)
        self.assertTrue(units.starts("ssh.socket").is_started)

    def test_instances_of_a_template_are_found(self) -> None:
        path = f"{LOCAL}/multi-user.target.wants/dhcpcd@ens3.service"
        units = a_systemd(
            {f"{SHIPPED}/dhcpcd@.service": "[Service]\nExecStart=/usr/sbin/dhcpcd %I\n"},
            {path: f"{SHIPPED}/dhcpcd@.service"},
        )

        self.assert_starts(units, "dhcpcd@ens3", path)
        self.assertEqual(("dhcpcd@ens3.service",), units.instances("dhcpcd@"))

    def test_an_unreadable_folder_is_reported_each_time(self) -> None:
        tree = MemoryTree(SYSTEMD, links=DEFAULT, unreadable=[f"{LOCAL}/multi-user.target.wants"])
        units = Units(tree)

        for _ in range(2):
            self.assertRaises(Unreadable, units.starts, "systemd-networkd")


class TestObstacles(UnitsTestCase):
    def test_a_masked_unit_is_not_started(self) -> None:
        units = a_systemd(links=ENABLED | {f"{LOCAL}/systemd-networkd.service": "/dev/null"})

        self.assert_does_not_start(units, "systemd-networkd", "is masked", f"{LOCAL}/systemd-networkd.service")

    def test_a_mask_hides_every_instance_of_a_template(self) -> None:
        units = a_systemd(links={f"{LOCAL}/ifup@.service": "/dev/null"})

        mask = units.mask("ifup@ens3.service")

        assert mask is not None
        self.assertEqual(f"{LOCAL}/ifup@.service", mask.location)
        self.assertIsNone(units.mask("systemd-networkd.service"))

    def test_an_empty_file_is_a_mask(self) -> None:
        units = a_systemd({f"{LOCAL}/systemd-networkd.service": ""}, ENABLED)

        self.assert_does_not_start(units, "systemd-networkd", "is masked", f"{LOCAL}/systemd-networkd.service")

    def test_a_kernel_parameter_masks_a_unit(self) -> None:
        units = a_systemd(links=ENABLED, command_line="quiet systemd.mask=systemd-networkd.service")

        self.assert_does_not_start(units, "systemd-networkd", "the kernel parameter systemd.mask")

    def test_a_kernel_parameter_selects_the_target(self) -> None:
        for parameter in ("single", "systemd.unit=rescue.target"):
            with self.subTest(parameter=parameter):
                units = a_systemd(links=ENABLED, command_line=parameter)

                self.assertFalse(units.starts("systemd-networkd").is_started)

    def test_an_unmet_condition_in_a_drop_in_prevents_the_start(self) -> None:
        path = f"{LOCAL}/systemd-networkd.service.d/off.conf"
        units = a_systemd({path: "[Unit]\nConditionPathExists=/etc/use-networkd\n"}, ENABLED)

        self.assert_does_not_start(units, "systemd-networkd", "ConditionPathExists=/etc/use-networkd", f"{path}:2")

    def test_conditions_that_are_met_change_nothing(self) -> None:
        conditions = (
            "ConditionPathExists=!/etc/no-networkd",
            "ConditionPathExists=/etc/machine-id",
            "ConditionPathExists=|/nowhere\nConditionPathExists=|/etc",
            "ConditionVirtualization=!container",
            "ConditionVirtualization=kvm",
            "ConditionKernelCommandLine=!nonet",
            "ConditionKernelCommandLine=net.ifnames=0",
            "ConditionKernelCommandLine=net.ifnames",
            "ConditionEnvironment=!NONET",
            "ConditionFirstBoot=no",
            "ConditionPathIsDirectory=/etc",
            "ConditionDirectoryNotEmpty=/etc",
            "ConditionPathExistsGlob=/etc/machine-*",
            "ConditionCapability=CAP_NET_ADMIN",
            "ConditionPathExists=/nowhere\nConditionPathExists=",
        )
        for condition in conditions:
            with self.subTest(condition=condition):
                files = {f"{LOCAL}/systemd-networkd.service.d/a.conf": f"[Unit]\n{condition}\n"}
                units = a_systemd(files, ENABLED, command_line="quiet net.ifnames=0")

                self.assertTrue(units.starts("systemd-networkd").is_started, condition)

    def test_conditions_that_are_not_met_prevent_the_start(self) -> None:
        conditions = (
            "ConditionPathExists=|/nowhere\nConditionPathExists=|/neither",
            "ConditionVirtualization=no",
            "ConditionVirtualization=container",
            "ConditionKernelCommandLine=!net.ifnames",
            "ConditionFileNotEmpty=/etc/machine-id",
            "ConditionPathIsSymbolicLink=/etc/machine-id",
            "ConditionFirstBoot=yes",
            "AssertPathExists=/nowhere",
        )
        for condition in conditions:
            with self.subTest(condition=condition):
                files = {f"{LOCAL}/systemd-networkd.service.d/a.conf": f"[Unit]\n{condition}\n"}
                units = a_systemd(files, ENABLED, command_line="quiet net.ifnames=0")

                self.assertFalse(units.starts("systemd-networkd").is_started, condition)

    def test_conditions_about_the_running_guest_are_unknown(self) -> None:
        for condition in (
            "ConditionPathExists=/run/network-please",
            "ConditionKernelCommandLine=net",
            "ConditionHost=a",
        ):
            with self.subTest(condition=condition):
                path = f"{LOCAL}/systemd-networkd.service.d/a.conf"
                units = a_systemd({path: f"[Unit]\n{condition}\n"}, ENABLED)

                unknown = self.assertRaises(Unknown, units.starts, "systemd-networkd")
                self.assertIn(f"condition {condition} ({path}:2) could not be checked", unknown.why)

    def test_a_drop_in_that_empties_exec_start_disables_a_unit(self) -> None:
        path = f"{LOCAL}/systemd-networkd.service.d/off.conf"
        runs = {
            "ExecStart=": "its ExecStart= is empty",
            "ExecStart=\nExecStart=/bin/true": "it runs only /bin/true",
        }
        for run, why in runs.items():
            with self.subTest(run=run):
                units = a_systemd({path: f"[Service]\n{run}\n"}, ENABLED)

                says = f"systemd-networkd.service starts no program: {why}"
                self.assert_does_not_start(units, "systemd-networkd", says, f"{path}:{1 + len(run.splitlines())}")

    def test_another_program_in_a_drop_in_is_unknown(self) -> None:
        path = f"{LOCAL}/systemd-networkd.service.d/on.conf"
        run = "[Service]\nExecStart=\nExecStart=/usr/local/bin/networkd\n"

        self.assertRaises(Unknown, a_systemd({path: run}, ENABLED).starts, "systemd-networkd")

    def test_a_folder_with_precedence_hides_a_drop_in(self) -> None:
        files = {f"{SHIPPED}/systemd-networkd.service.d/off.conf": "[Unit]\nConditionPathExists=/nowhere\n"}
        hidden = {f"{LOCAL}/systemd-networkd.service.d/off.conf": "/dev/null"}

        self.assertFalse(a_systemd(files, ENABLED).starts("systemd-networkd").is_started)
        self.assertTrue(a_systemd(files, ENABLED | hidden).starts("systemd-networkd").is_started)


class TestFirstBoot(UnitsTestCase):
    def test_presets_enable_units(self) -> None:
        presets = {f"{SHIPPED}-preset/90-systemd.preset": "# ours\nenable systemd-networkd.service\ndisable *\n"}
        units = a_systemd(presets | {"/etc/machine-id": "uninitialized\n"}, command_line="quiet rw")

        self.assert_starts(units, "systemd-networkd", f"{SHIPPED}-preset/90-systemd.preset:2")

    def test_units_without_a_preset_are_enabled(self) -> None:
        units = a_systemd({"/etc/machine-id": "uninitialized\n"}, command_line="rw")

        self.assertTrue(units.starts("systemd-networkd").is_started)

    def test_nothing_is_enabled_on_a_disk_mounted_for_reading(self) -> None:
        files = {"/etc/machine-id": "uninitialized\n"}

        self.assertFalse(a_systemd(files, command_line="ro quiet").starts("systemd-networkd").is_started)
        self.assertRaises(Unknown, a_systemd(files, command_line="quiet").starts, "systemd-networkd")

    def test_an_empty_machine_id_makes_no_first_boot(self) -> None:
        presets = {f"{SHIPPED}-preset/90-systemd.preset": "enable systemd-networkd.service\n"}

        self.assertFalse(a_systemd(presets).starts("systemd-networkd").is_started)

    def test_presets_disable_no_units_of_debian(self) -> None:
        files = {"/etc/machine-id": "uninitialized\n", f"{SHIPPED}-preset/99-all.preset": "disable *\n"}

        self.assertFalse(a_systemd(files).starts("systemd-networkd").is_started)
        self.assertRaises(Unknown, a_systemd(files, ENABLED).starts, "systemd-networkd")
        self.assertTrue(a_systemd(files | {"/etc/debian_version": "12"}, ENABLED).starts("systemd-networkd").is_started)

    def test_presets_disable_no_units_before_systemd_253(self) -> None:
        files = {"/etc/machine-id": "uninitialized\n", f"{SHIPPED}-preset/99-all.preset": "disable *\n"}
        library = {"/usr/lib/systemd/libsystemd-shared-252-46.el9.so": "ELF"}

        self.assertTrue(a_systemd(files | library, ENABLED).starts("systemd-networkd").is_started)

    def test_a_masked_unit_stays_masked(self) -> None:
        links = {f"{LOCAL}/systemd-networkd.service": "/dev/null"}

        self.assertFalse(a_systemd({"/etc/machine-id": "uninitialized\n"}, links).starts("systemd-networkd").is_started)


class TestUnitFile(base.BaseTestCase):
    def test_continued_lines_are_joined(self) -> None:
        tree = MemoryTree({"/u": "[Unit]\nWants=a \\\n# no\n  b\n; no\nAfter = c\n"})

        found = [
            (setting.section, setting.key, setting.value, setting.location) for setting in read_settings(tree, "/u")
        ]

        self.assertEqual([("Unit", "Wants", "a  b", "/u:2"), ("Unit", "After", "c", "/u:6")], found)

    @given(st.text(alphabet="[]=\\#; \nUnitWantsService.@%|!/", max_size=300))
    def test_any_unit_file_is_read_or_unknown(self, text: str) -> None:
        units = a_systemd({f"{SHIPPED}/odd.service": text}, {f"{LOCAL}/multi-user.target.wants/odd.service": "../x"})

        try:
            units.starts("odd")
            units.starts("another")
        except Unknown:
            pass
