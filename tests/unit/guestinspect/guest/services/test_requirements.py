"""Services that are enabled, and the other units that they need."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.disk.tree import Status, Type
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.services.test_commands import LINK, MANY, PROGRAM
from tests.unit.guestinspect.guest.starting import DEFAULT, ENABLED, LOCAL, SHIPPED, SYSTEMD, UnitsTest

DROP_IN = f"{LOCAL}/systemd-networkd.service.d/own.conf"
OTHER = {f"{SHIPPED}/other.service": "[Service]\nExecStart=/usr/bin/program1\n"}
MASKED = {f"{LOCAL}/other.service": "/dev/null"}
NM = {
    f"{SHIPPED}/NetworkManager.service": "[Service]\nType=dbus\nBusName=org.freedesktop.NetworkManager\n"
    "ExecStart=/usr/bin/program2\n"
}
NM_LINK = {f"{LOCAL}/multi-user.target.wants/NetworkManager.service": f"{SHIPPED}/NetworkManager.service"}
BUS = {
    f"{SHIPPED}/dbus.service": "[Unit]\nRequires=dbus.socket\n[Service]\nExecStart=/usr/bin/program3\n",
    f"{SHIPPED}/dbus.socket": "[Socket]\nListenStream=/run/dbus/system_bus_socket\n",
}


def a_whole_guest(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> Units:
    """A guest with all its programs."""
    statuses = {path: Status(Type.FILE, mode=0o755) for path in (*MANY, PROGRAM)}
    targets = {f"{SHIPPED}/{name}.target": "[Unit]\n" for name in ("local-fs", "swap", "timers")}
    whole = SYSTEMD | MANY | targets | {PROGRAM: "ELF"} | dict(files)
    return Units(MemoryTree(whole, links=DEFAULT | ENABLED | dict(links or {}), statuses=statuses))


def a_needing_guest(said: str, more: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None) -> Units:
    """A whole guest with a drop-in for networkd."""
    return a_whole_guest({DROP_IN: f"[Unit]\n{said}\n"} | dict(more or {}), links)


class TestRequired(UnitsTest):
    def test_what_is_there_is_no_hindrance(self) -> None:
        for said in (
            "Requires=other.service",
            "BindsTo=other.service",
            "Requisite=other.service",
            "Wants=nothing.service",
            "Requires=dev-vda1.device -.mount system.slice multi-user.target",
            "Requires=%p.service",
        ):
            with self.subTest(said=said):
                self.assert_starts(a_needing_guest(said, OTHER), "systemd-networkd", LINK)

    def test_what_is_not_there_is_one(self) -> None:
        for key in ("Requires", "BindsTo", "Requisite"):
            with self.subTest(key=key):
                units = a_needing_guest(f"{key}=nothing.service", OTHER)

                self.assert_does_not_start(
                    units, "systemd-networkd", "nothing.service, which does not exist", f"{DROP_IN}:2"
                )

    def test_what_is_masked_is_one_even_where_few_files_are_there(self) -> None:
        tree = MemoryTree(SYSTEMD | {DROP_IN: "[Unit]\nRequires=other.service\n"}, links=DEFAULT | ENABLED | MASKED)

        self.assert_does_not_start(Units(tree), "systemd-networkd", "other.service, which is masked", f"{DROP_IN}:2")

    def test_where_few_files_are_there_nothing_is_missed(self) -> None:
        tree = MemoryTree(SYSTEMD | {DROP_IN: "[Unit]\nRequires=other.service\n"}, links=DEFAULT | ENABLED)

        self.assertTrue(Units(tree).starts("systemd-networkd").is_started)

    def test_what_that_needs_in_its_turn(self) -> None:
        other = {
            f"{SHIPPED}/other.service": "[Unit]\nRequires=nothing.service\n[Service]\nExecStart=/usr/bin/program1\n"
        }
        units = a_needing_guest("Requires=other.service", other)

        self.assert_does_not_start(units, "systemd-networkd", "nothing.service", f"{SHIPPED}/other.service:2")

    def test_a_folder_of_links_requires(self) -> None:
        links = {f"{LOCAL}/systemd-networkd.service.requires/nothing.service": f"{SHIPPED}/nothing.service"}

        self.assertFalse(a_whole_guest({}, links).starts("systemd-networkd").is_started)
        self.assertTrue(
            a_whole_guest({}, {f"{LOCAL}/systemd-networkd.service.wants/nothing.service": f"{SHIPPED}/nothing.service"})
            .starts("systemd-networkd")
            .is_started
        )

    def test_units_that_need_each_other(self) -> None:
        other = {
            f"{SHIPPED}/other.service": "[Unit]\nRequires=systemd-networkd.service\n"
            "[Service]\nExecStart=/usr/bin/program1\n"
        }

        self.assertTrue(a_needing_guest("Requires=other.service", other).starts("systemd-networkd").is_started)

    def test_a_script_of_system_v_is_there(self) -> None:
        units = a_needing_guest("Requires=other.service", {"/etc/init.d/other": "#!/bin/sh\n"})

        self.assertTrue(units.starts("systemd-networkd").is_started)

    def test_one_that_fails_is_unknown(self) -> None:
        other = {f"{SHIPPED}/other.service": "[Service]\nExecStart=/bin/false\n"}

        self.assertRaises(Unknown, a_needing_guest("Requires=other.service", other).starts, "systemd-networkd")

    def test_an_endless_row_is_unknown(self) -> None:
        row = {f"{SHIPPED}/u{n}.service": f"[Unit]\nRequires=u{n + 1}.service\n" for n in range(500)}

        self.assertRaises(Unknown, a_needing_guest("Requires=u0.service", row).starts, "systemd-networkd")


class TestConflicts(UnitsTest):
    def test_with_what_is_started_is_unknown(self) -> None:
        self.assertRaises(Unknown, a_needing_guest("Conflicts=multi-user.target").starts, "systemd-networkd")

    def test_with_what_is_not_is_no_hindrance(self) -> None:
        for name in ("shutdown.target", "rescue.service", "other.service"):
            with self.subTest(name=name):
                self.assertTrue(a_needing_guest(f"Conflicts={name}", OTHER).starts("systemd-networkd").is_started, name)


class TestBus(UnitsTest):
    def test_with_the_bus(self) -> None:
        self.assertTrue(a_whole_guest(NM | BUS, NM_LINK).starts("NetworkManager").is_started)

    def test_without_it(self) -> None:
        both = {f"{LOCAL}/dbus.{kind}": "/dev/null" for kind in ("service", "socket")}

        self.assert_does_not_start(
            a_whole_guest(NM | BUS, NM_LINK | both),
            "NetworkManager",
            "it needs D-Bus, and dbus.service is masked",
            f"{SHIPPED}/NetworkManager.service:2",
        )
        self.assertFalse(a_whole_guest(NM, NM_LINK).starts("NetworkManager").is_started)

    def test_with_its_service_masked(self) -> None:
        units = a_whole_guest(NM | BUS, NM_LINK | {f"{LOCAL}/dbus.service": "/dev/null"})

        self.assertFalse(units.starts("NetworkManager").is_started)

    def test_with_its_socket_masked_alone(self) -> None:
        units = a_whole_guest(NM | BUS, NM_LINK | {f"{LOCAL}/dbus.socket": "/dev/null"})

        self.assertRaises(Unknown, units.starts, "NetworkManager")

    def test_with_the_other_program_for_it(self) -> None:
        broker = {f"{SHIPPED}/dbus-broker.service": "[Service]\nExecStart=/usr/bin/program3\n"}
        socket = {path: text for path, text in BUS.items() if path.endswith(".socket")}
        alias = {f"{LOCAL}/dbus.service": f"{SHIPPED}/dbus-broker.service"}

        self.assertTrue(a_whole_guest(NM | broker | socket, NM_LINK | alias).starts("NetworkManager").is_started)

    def test_one_that_is_ready_without_it(self) -> None:
        own = {DROP_IN: "[Service]\nType=notify\nBusName=org.freedesktop.network1\n"}

        self.assertTrue(a_whole_guest(own).starts("systemd-networkd").is_started)
