"""Services that are enabled, and what they run: whether they can run at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from guestinspect.disk.tree import Status, Type, Unreadable
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.starting import (
    DEFAULT,
    ENABLED,
    LOCAL,
    NETWORKD,
    SHIPPED,
    SYSTEMD,
    UnitsTest,
    a_systemd,
)

PROGRAM = "/usr/lib/systemd/systemd-networkd"
UNIT = f"{SHIPPED}/systemd-networkd.service"
LINK = f"{LOCAL}/multi-user.target.wants/systemd-networkd.service"
DROP_IN = f"{LOCAL}/systemd-networkd.service.d/own.conf"
MANY = {f"/usr/bin/program{number}": "ELF" for number in range(200)}
"""A guest with as many programs as a whole one."""


def a_whole_guest(files: Mapping[str, str], mode: int = 0o755, unreadable: Collection[str] = ()) -> Units:
    """A guest with all its programs, of which those that are named can be run."""
    statuses = {path: Status(Type.FILE, mode=mode) for path in files}
    links = DEFAULT | ENABLED
    tree = MemoryTree(SYSTEMD | MANY | dict(files), links=links, statuses=statuses, unreadable=unreadable)
    return Units(tree)


class CommandsTest(UnitsTest):
    def assert_unknown(self, says: str, units: Units) -> None:
        self.assertIn(says, self.assertRaises(Unknown, units.starts, "systemd-networkd").why)

    def with_drop_in(self, service: str) -> Units:
        return a_systemd({DROP_IN: f"[Service]\n{service}\n"}, ENABLED)


class TestPrograms(CommandsTest):
    def test_one_that_is_there_is_started(self) -> None:
        self.assert_starts(a_whole_guest({PROGRAM: "ELF"}), "systemd-networkd", LINK)

    def test_one_that_was_deleted_is_not(self) -> None:
        says = f"the program {PROGRAM} does not exist"

        self.assert_does_not_start(a_whole_guest({}), "systemd-networkd", says, f"{UNIT}:4")

    def test_where_few_files_are_there_it_is_not_missed(self) -> None:
        self.assertTrue(a_systemd(links=ENABLED).starts("systemd-networkd").is_started)

    def test_one_that_is_not_executable_is_not_started(self) -> None:
        units = a_whole_guest({PROGRAM: "ELF"}, mode=0o644)

        self.assert_does_not_start(units, "systemd-networkd", f"{PROGRAM} is not executable", f"{UNIT}:4")

    def test_one_that_cannot_be_read_is_unknown(self) -> None:
        self.assertRaises(Unreadable, a_whole_guest({}, unreadable=[PROGRAM]).starts, "systemd-networkd")

    def test_one_without_a_folder_is_looked_for(self) -> None:
        unit = NETWORKD.replace(f"!!{PROGRAM}", "systemd-networkd --now")

        there = a_whole_guest({UNIT: unit, "/usr/sbin/systemd-networkd": "ELF"})
        self.assertTrue(there.starts("systemd-networkd").is_started)
        self.assertFalse(a_whole_guest({UNIT: unit}).starts("systemd-networkd").is_started)

    def test_what_lies_in_run_shows_when_the_guest_runs(self) -> None:
        units = a_whole_guest({UNIT: NETWORKD.replace(PROGRAM, "/run/networkd")})

        self.assert_unknown("/run/networkd", units)

    def test_names_that_systemd_fills_in_are_not_looked_for(self) -> None:
        units = a_whole_guest({UNIT: NETWORKD.replace(PROGRAM, "/usr/lib/%p")})

        self.assertTrue(units.starts("systemd-networkd").is_started)

    def test_what_may_fail_does_not_matter_beside_the_other(self) -> None:
        before = "[Service]\nExecStartPre=-/usr/bin/nothing\n"

        self.assertTrue(a_whole_guest({PROGRAM: "ELF", DROP_IN: before}).starts("systemd-networkd").is_started)
        self.assertFalse(
            a_whole_guest({PROGRAM: "ELF", DROP_IN: before.replace("-", "")}).starts("systemd-networkd").is_started
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


class TestCommands(CommandsTest):
    def test_those_that_fail_are_not_started(self) -> None:
        for said in (
            "ExecStart=\nExecStart=/bin/false",
            "ExecStart=\nExecStart=@/usr/bin/false false",
            "ExecStartPre=/bin/false",
            "ExecStartPre=/usr/bin/false and more",
        ):
            with self.subTest(said=said):
                self.assertFalse(self.with_drop_in(said).starts("systemd-networkd").is_started, said)

    def test_another_program_is_unknown(self) -> None:
        self.assert_unknown(f"{DROP_IN}:3", self.with_drop_in("ExecStart=\nExecStart=/usr/bin/sleep 1d"))

    def test_the_same_program_is_started(self) -> None:
        for said in (
            f"ExecStart=\nExecStart=!!{PROGRAM} --verbose",
            "ExecStart=\nExecStart=/lib/systemd/systemd-networkd",
            "ExecStartPre=-/bin/false",
            "ExecStartPre=/bin/sleep 5",
            "ExecStartPre=+/usr/bin/mkdir -p /run/x",
            "ExecStartPre=/bin/x\nExecStartPre=",
            "PrivateNetwork=no",
            "Nice=5",
        ):
            with self.subTest(said=said):
                self.assertTrue(self.with_drop_in(said).starts("systemd-networkd").is_started, said)

    def test_what_is_run_before_may_fail(self) -> None:
        for said in ("ExecStartPre=/usr/local/bin/wait-for-it", "ExecStartPre=/bin/sleep 1d"):
            with self.subTest(said=said):
                self.assert_unknown(f"{DROP_IN}:2", self.with_drop_in(said))

    def test_what_is_shut_in_is_unknown(self) -> None:
        for said in ("PrivateNetwork=yes", "User=nobody", "ExecCondition=/usr/bin/test -e /x"):
            with self.subTest(said=said):
                self.assert_unknown(f"{DROP_IN}:2", self.with_drop_in(said))

    def test_a_second_command_makes_systemd_refuse_the_unit(self) -> None:
        says, again = "more than one ExecStart=", f"ExecStart={PROGRAM}"

        self.assert_does_not_start(self.with_drop_in(again), "systemd-networkd", says, f"{DROP_IN}:2")
        self.assertTrue(self.with_drop_in(f"Type=oneshot\n{again}").starts("systemd-networkd").is_started)

    def test_what_fails_behind_another_is_unknown(self) -> None:
        self.assert_unknown("fails after it has started", self.with_drop_in("Type=oneshot\nExecStart=/bin/false"))

    def test_a_copy_is_as_good_as_the_packages(self) -> None:
        path = f"{LOCAL}/systemd-networkd.service"

        self.assertTrue(a_systemd({path: NETWORKD}, ENABLED).starts("systemd-networkd").is_started)
        self.assertRaises(
            Unknown, a_systemd({path: NETWORKD.replace(PROGRAM, "/bin/x")}, ENABLED).starts, "systemd-networkd"
        )

    def test_a_shell_must_be_told_the_same(self) -> None:
        shipped = "[Service]\nExecStart=/bin/sh -c '/sbin/ifup -a'\n[Install]\nWantedBy=multi-user.target\n"
        links = {f"{LOCAL}/multi-user.target.wants/networking.service": f"{SHIPPED}/networking.service"}
        for said, is_same in (("/usr/bin/sh -c '/sbin/ifup -a'", True), ("/bin/sh -c 'exit 0'", False)):
            with self.subTest(said=said, is_same=is_same):
                drop_in = f"[Service]\nExecStart=\nExecStart={said}\n"
                files = {
                    f"{SHIPPED}/networking.service": shipped,
                    f"{LOCAL}/networking.service.d/a.conf": drop_in,
                }
                units = a_systemd(files, links)

                if is_same:
                    self.assertTrue(units.starts("networking").is_started)
                else:
                    self.assertRaises(Unknown, units.starts, "networking")

    def test_a_network_service_that_no_package_has(self) -> None:
        links = {f"{LOCAL}/multi-user.target.wants/dhcpcd.service": f"{LOCAL}/dhcpcd.service"}
        for program, is_known in (("/usr/local/sbin/dhcpcd -B", True), ("/opt/net.sh", False)):
            with self.subTest(program=program, is_known=is_known):
                units = a_systemd({f"{LOCAL}/dhcpcd.service": f"[Service]\nExecStart={program}\n"}, links)

                if is_known:
                    self.assertTrue(units.starts("dhcpcd").is_started)
                else:
                    self.assertRaises(Unknown, units.starts, "dhcpcd")

    def test_any_other_unit_of_ones_own_runs_what_it_says(self) -> None:
        links = {f"{LOCAL}/multi-user.target.wants/mine.service": f"{LOCAL}/mine.service"}
        own = "[Service]\nUser=me\nExecStartPre=/bin/x\nExecStart=/opt/mine\n"

        self.assertTrue(a_systemd({f"{LOCAL}/mine.service": own}, links).starts("mine").is_started)
