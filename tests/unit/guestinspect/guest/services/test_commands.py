"""Enabled services, and the commands that let them run or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from guestinspect.disk.tree import Status, Type, Unreadable
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.services.systemd_guest import (
    DEFAULT,
    ENABLED,
    LOCAL,
    NETWORKD,
    SHIPPED,
    SYSTEMD,
    UnitsTestCase,
    a_systemd,
)

PROGRAM = "/usr/lib/systemd/systemd-networkd"
UNIT = f"{SHIPPED}/systemd-networkd.service"
LINK = f"{LOCAL}/multi-user.target.wants/systemd-networkd.service"
DROP_IN = f"{LOCAL}/systemd-networkd.service.d/own.conf"
MANY = {f"/usr/bin/program{number}": "ELF" for number in range(200)}
"""As many programs as a complete guest has."""


def a_complete_guest(files: Mapping[str, str], mode: int = 0o755, unreadable: Collection[str] = ()) -> Units:
    """Return the services of a complete guest whose files have this mode."""
    statuses = {path: Status(Type.FILE, mode=mode) for path in files}
    links = DEFAULT | ENABLED
    tree = MemoryTree(SYSTEMD | MANY | dict(files), links=links, statuses=statuses, unreadable=unreadable)
    return Units(tree)


class CommandsTestCase(UnitsTestCase):
    def assert_unknown(self, says: str, units: Units) -> None:
        self.assertIn(says, self.assertRaises(Unknown, units.starts, "systemd-networkd").why)

    def with_drop_in(self, service: str) -> Units:
        return a_systemd({DROP_IN: f"[Service]\n{service}\n"}, ENABLED)


class TestPrograms(CommandsTestCase):
    def test_a_service_with_its_program_is_started(self) -> None:
        self.assert_starts(a_complete_guest({PROGRAM: "ELF"}), "systemd-networkd", LINK)

    def test_a_service_without_its_program_is_not_started(self) -> None:
        says = f"the program {PROGRAM} does not exist"

        self.assert_does_not_start(a_complete_guest({}), "systemd-networkd", says, f"{UNIT}:4")

    def test_an_incomplete_guest_misses_no_program(self) -> None:
        self.assertTrue(a_systemd(links=ENABLED).starts("systemd-networkd").is_started)

    def test_a_program_that_is_not_executable_is_not_started(self) -> None:
        units = a_complete_guest({PROGRAM: "ELF"}, mode=0o644)

        self.assert_does_not_start(units, "systemd-networkd", f"{PROGRAM} is not executable", f"{UNIT}:4")

    def test_an_unreadable_program_is_unknown(self) -> None:
        self.assertRaises(Unreadable, a_complete_guest({}, unreadable=[PROGRAM]).starts, "systemd-networkd")

    def test_a_program_without_a_path_is_searched(self) -> None:
        unit = NETWORKD.replace(f"!!{PROGRAM}", "systemd-networkd --now")

        with_program = a_complete_guest({UNIT: unit, "/usr/sbin/systemd-networkd": "ELF"})
        self.assertTrue(with_program.starts("systemd-networkd").is_started)
        self.assertFalse(a_complete_guest({UNIT: unit}).starts("systemd-networkd").is_started)

    def test_a_program_in_run_is_unknown(self) -> None:
        units = a_complete_guest({UNIT: NETWORKD.replace(PROGRAM, "/run/networkd")})

        self.assert_unknown("/run/networkd", units)

    def test_a_program_with_a_specifier_is_not_searched(self) -> None:
        units = a_complete_guest({UNIT: NETWORKD.replace(PROGRAM, "/usr/lib/%p")})

        self.assertTrue(units.starts("systemd-networkd").is_started)

    def test_a_command_that_may_fail_is_ignored_beside_another(self) -> None:
        before = "[Service]\nExecStartPre=-/usr/bin/nothing\n"

        self.assertTrue(a_complete_guest({PROGRAM: "ELF", DROP_IN: before}).starts("systemd-networkd").is_started)
        self.assertFalse(
            a_complete_guest({PROGRAM: "ELF", DROP_IN: before.replace("-", "")}).starts("systemd-networkd").is_started
        )

    def test_a_script_of_a_runlevel_must_be_executable(self) -> None:
        script, link = "/etc/init.d/network", "/etc/rc3.d/S10network"
        generator = f"{SHIPPED}-generators/systemd-sysv-generator"
        files = SYSTEMD | MANY | {script: "#!/bin/sh\n", generator: "ELF"}
        for mode, starts in ((0o755, True), (0o644, False)):
            with self.subTest(mode=mode, starts=starts):
                statuses = {script: Status(Type.FILE, mode=mode)}
                tree = MemoryTree(files, links=DEFAULT | {link: "../init.d/network"}, statuses=statuses)

                self.assertEqual(starts, Units(tree).starts("network").is_started)


class TestCommandLines(CommandsTestCase):
    def test_a_failing_command_prevents_the_start(self) -> None:
        for line in (
            "ExecStart=\nExecStart=/bin/false",
            "ExecStart=\nExecStart=@/usr/bin/false false",
            "ExecStartPre=/bin/false",
            "ExecStartPre=/usr/bin/false and more",
        ):
            with self.subTest(line=line):
                self.assertFalse(self.with_drop_in(line).starts("systemd-networkd").is_started, line)

    def test_another_program_is_unknown(self) -> None:
        says = f"{DROP_IN}:3 starts /usr/bin/sleep, which is not the service's own program"

        self.assert_unknown(says, self.with_drop_in("ExecStart=\nExecStart=/usr/bin/sleep 1d"))

    def test_the_same_program_is_started(self) -> None:
        for line in (
            f"ExecStart=\nExecStart=!!{PROGRAM} --verbose",
            "ExecStart=\nExecStart=/lib/systemd/systemd-networkd",
            "ExecStartPre=-/bin/false",
            "ExecStartPre=/bin/sleep 5",
            "ExecStartPre=+/usr/bin/mkdir -p /run/x",
            "ExecStartPre=/bin/x\nExecStartPre=",
            "PrivateNetwork=no",
            "Nice=5",
        ):
            with self.subTest(line=line):
                self.assertTrue(self.with_drop_in(line).starts("systemd-networkd").is_started, line)

    def test_a_local_command_before_the_start_is_unknown(self) -> None:
        for line in ("ExecStartPre=/usr/local/bin/wait-for-it", "ExecStartPre=/bin/sleep 1d"):
            with self.subTest(line=line):
                self.assert_unknown(f"{DROP_IN}:2", self.with_drop_in(line))

    def test_a_confined_service_is_unknown(self) -> None:
        for line in ("PrivateNetwork=yes", "User=nobody", "ExecCondition=/usr/bin/test -e /x"):
            with self.subTest(line=line):
                self.assert_unknown(f"{DROP_IN}:2", self.with_drop_in(line))

    def test_a_second_command_makes_systemd_refuse_the_unit(self) -> None:
        says, second = "more than one ExecStart=", f"ExecStart={PROGRAM}"

        self.assert_does_not_start(self.with_drop_in(second), "systemd-networkd", says, f"{DROP_IN}:2")
        self.assertTrue(self.with_drop_in(f"Type=oneshot\n{second}").starts("systemd-networkd").is_started)

    def test_a_failure_after_another_command_is_unknown(self) -> None:
        self.assert_unknown("fails after it has started", self.with_drop_in("Type=oneshot\nExecStart=/bin/false"))

    def test_a_local_copy_of_a_packaged_unit_is_started(self) -> None:
        path = f"{LOCAL}/systemd-networkd.service"

        self.assertTrue(a_systemd({path: NETWORKD}, ENABLED).starts("systemd-networkd").is_started)
        self.assertRaises(
            Unknown, a_systemd({path: NETWORKD.replace(PROGRAM, "/bin/x")}, ENABLED).starts, "systemd-networkd"
        )

    def test_a_shell_needs_the_packaged_arguments(self) -> None:
        shipped = "[Service]\nExecStart=/bin/sh -c '/sbin/ifup -a'\n[Install]\nWantedBy=multi-user.target\n"
        links = {f"{LOCAL}/multi-user.target.wants/networking.service": f"{SHIPPED}/networking.service"}
        for line, is_same in (("/usr/bin/sh -c '/sbin/ifup -a'", True), ("/bin/sh -c 'exit 0'", False)):
            with self.subTest(line=line, is_same=is_same):
                drop_in = f"[Service]\nExecStart=\nExecStart={line}\n"
                files = {
                    f"{SHIPPED}/networking.service": shipped,
                    f"{LOCAL}/networking.service.d/a.conf": drop_in,
                }
                units = a_systemd(files, links)

                if is_same:
                    self.assertTrue(units.starts("networking").is_started)
                else:
                    self.assertRaises(Unknown, units.starts, "networking")

    def test_a_local_network_service_needs_its_own_program(self) -> None:
        links = {f"{LOCAL}/multi-user.target.wants/dhcpcd.service": f"{LOCAL}/dhcpcd.service"}
        for program, is_known in (("/usr/local/sbin/dhcpcd -B", True), ("/opt/net.sh", False)):
            with self.subTest(program=program, is_known=is_known):
                units = a_systemd({f"{LOCAL}/dhcpcd.service": f"[Service]\nExecStart={program}\n"}, links)

                if is_known:
                    self.assertTrue(units.starts("dhcpcd").is_started)
                else:
                    self.assertRaises(Unknown, units.starts, "dhcpcd")

    def test_any_other_local_unit_is_started(self) -> None:
        links = {f"{LOCAL}/multi-user.target.wants/mine.service": f"{LOCAL}/mine.service"}
        own = "[Service]\nUser=me\nExecStartPre=/bin/x\nExecStart=/opt/mine\n"

        self.assertTrue(a_systemd({f"{LOCAL}/mine.service": own}, links).starts("mine").is_started)
