"""Enabled services, and the other units that they require."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.disk.tree import Status, Type
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.services.systemd_guest import (
    DEFAULT,
    ENABLED,
    LOCAL,
    SHIPPED,
    SYSTEMD,
    UnitsTestCase,
)
from tests.unit.guestinspect.guest.services.test_commands import LINK, MANY, PROGRAM

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


def a_complete_guest(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> Units:
    """Return the services of a complete guest."""
    statuses = {path: Status(Type.FILE, mode=0o755) for path in (*MANY, PROGRAM)}
    targets = {f"{SHIPPED}/{name}.target": "[Unit]\n" for name in ("local-fs", "swap", "timers")}
    whole = SYSTEMD | MANY | targets | {PROGRAM: "ELF"} | dict(files)
    return Units(MemoryTree(whole, links=DEFAULT | ENABLED | dict(links or {}), statuses=statuses))


def a_guest_with_drop_in(
    line: str, more: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None
) -> Units:
    """Return the services of a complete guest with a drop-in for networkd."""
    return a_complete_guest({DROP_IN: f"[Unit]\n{line}\n"} | dict(more or {}), links)


class TestRequired(UnitsTestCase):
    def test_an_existing_unit_satisfies_a_requirement(self) -> None:
        for line in (
            "Requires=other.service",
            "BindsTo=other.service",
            "Requisite=other.service",
            "Wants=nothing.service",
            "Requires=dev-vda1.device -.mount system.slice multi-user.target",
            "Requires=%p.service",
        ):
            with self.subTest(line=line):
                self.assert_starts(a_guest_with_drop_in(line, OTHER), "systemd-networkd", LINK)

    def test_a_missing_unit_prevents_the_start(self) -> None:
        for key in ("Requires", "BindsTo", "Requisite"):
            with self.subTest(key=key):
                units = a_guest_with_drop_in(f"{key}=nothing.service", OTHER)

                self.assert_does_not_start(
                    units, "systemd-networkd", "nothing.service, which does not exist", f"{DROP_IN}:2"
                )

    def test_a_masked_unit_prevents_the_start_of_an_incomplete_guest(self) -> None:
        tree = MemoryTree(SYSTEMD | {DROP_IN: "[Unit]\nRequires=other.service\n"}, links=DEFAULT | ENABLED | MASKED)

        self.assert_does_not_start(Units(tree), "systemd-networkd", "other.service, which is masked", f"{DROP_IN}:2")

    def test_an_incomplete_guest_misses_no_unit(self) -> None:
        tree = MemoryTree(SYSTEMD | {DROP_IN: "[Unit]\nRequires=other.service\n"}, links=DEFAULT | ENABLED)

        self.assertTrue(Units(tree).starts("systemd-networkd").is_started)

    def test_a_required_unit_has_requirements_of_its_own(self) -> None:
        other = {
            f"{SHIPPED}/other.service": "[Unit]\nRequires=nothing.service\n[Service]\nExecStart=/usr/bin/program1\n"
        }
        units = a_guest_with_drop_in("Requires=other.service", other)

        self.assert_does_not_start(units, "systemd-networkd", "nothing.service", f"{SHIPPED}/other.service:2")

    def test_a_link_in_a_requires_folder_is_a_requirement(self) -> None:
        links = {f"{LOCAL}/systemd-networkd.service.requires/nothing.service": f"{SHIPPED}/nothing.service"}

        self.assertFalse(a_complete_guest({}, links).starts("systemd-networkd").is_started)
        self.assertTrue(
            a_complete_guest(
                {}, {f"{LOCAL}/systemd-networkd.service.wants/nothing.service": f"{SHIPPED}/nothing.service"}
            )
            .starts("systemd-networkd")
            .is_started
        )

    def test_units_may_require_each_other(self) -> None:
        other = {
            f"{SHIPPED}/other.service": "[Unit]\nRequires=systemd-networkd.service\n"
            "[Service]\nExecStart=/usr/bin/program1\n"
        }

        self.assertTrue(a_guest_with_drop_in("Requires=other.service", other).starts("systemd-networkd").is_started)

    def test_a_script_of_system_v_satisfies_a_requirement(self) -> None:
        units = a_guest_with_drop_in("Requires=other.service", {"/etc/init.d/other": "#!/bin/sh\n"})

        self.assertTrue(units.starts("systemd-networkd").is_started)

    def test_a_required_unit_that_fails_is_unknown(self) -> None:
        other = {f"{SHIPPED}/other.service": "[Service]\nExecStart=/bin/false\n"}

        units = a_guest_with_drop_in("Requires=other.service", other)

        unknown = self.assertRaises(Unknown, units.starts, "systemd-networkd")
        self.assertIn("other.service starts no program: it runs only /bin/false", unknown.why)

    def test_a_long_chain_of_requirements_is_unknown(self) -> None:
        row = {f"{SHIPPED}/u{n}.service": f"[Unit]\nRequires=u{n + 1}.service\n" for n in range(500)}

        self.assertRaises(Unknown, a_guest_with_drop_in("Requires=u0.service", row).starts, "systemd-networkd")


class TestConflicts(UnitsTestCase):
    def test_a_conflict_with_a_started_unit_is_unknown(self) -> None:
        self.assertRaises(Unknown, a_guest_with_drop_in("Conflicts=multi-user.target").starts, "systemd-networkd")

    def test_a_conflict_with_another_unit_is_ignored(self) -> None:
        for name in ("shutdown.target", "rescue.service", "other.service"):
            with self.subTest(name=name):
                self.assertTrue(
                    a_guest_with_drop_in(f"Conflicts={name}", OTHER).starts("systemd-networkd").is_started, name
                )


class TestBus(UnitsTestCase):
    def test_a_service_on_the_bus_is_started_with_it(self) -> None:
        self.assertTrue(a_complete_guest(NM | BUS, NM_LINK).starts("NetworkManager").is_started)

    def test_a_service_on_the_bus_is_not_started_without_it(self) -> None:
        both = {f"{LOCAL}/dbus.{kind}": "/dev/null" for kind in ("service", "socket")}

        self.assert_does_not_start(
            a_complete_guest(NM | BUS, NM_LINK | both),
            "NetworkManager",
            "it needs D-Bus, and dbus.service is masked",
            f"{SHIPPED}/NetworkManager.service:2",
        )
        self.assertFalse(a_complete_guest(NM, NM_LINK).starts("NetworkManager").is_started)

    def test_a_masked_bus_service_prevents_the_start(self) -> None:
        units = a_complete_guest(NM | BUS, NM_LINK | {f"{LOCAL}/dbus.service": "/dev/null"})

        self.assertFalse(units.starts("NetworkManager").is_started)

    def test_a_masked_bus_socket_alone_is_unknown(self) -> None:
        units = a_complete_guest(NM | BUS, NM_LINK | {f"{LOCAL}/dbus.socket": "/dev/null"})

        self.assertRaises(Unknown, units.starts, "NetworkManager")

    def test_dbus_broker_replaces_the_bus(self) -> None:
        broker = {f"{SHIPPED}/dbus-broker.service": "[Service]\nExecStart=/usr/bin/program3\n"}
        socket = {path: text for path, text in BUS.items() if path.endswith(".socket")}
        alias = {f"{LOCAL}/dbus.service": f"{SHIPPED}/dbus-broker.service"}

        self.assertTrue(a_complete_guest(NM | broker | socket, NM_LINK | alias).starts("NetworkManager").is_started)

    def test_a_service_of_another_type_needs_no_bus(self) -> None:
        own = {DROP_IN: "[Service]\nType=notify\nBusName=org.freedesktop.network1\n"}

        self.assertTrue(a_complete_guest(own).starts("systemd-networkd").is_started)
