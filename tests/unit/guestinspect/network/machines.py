"""The common part of the tests of network stacks: machines of a few files, and the outcome for their NICs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from guestinspect.disk.tree import Status, Tree, Type
from guestinspect.guest.services.service_start import ServiceStart
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine, Stack
from tests import base
from tests.trees import MemoryTree

ROCKY_8 = {"/etc/os-release": 'ID="rocky"\nVERSION_ID="8.10"\n'}
ROCKY_9 = {"/etc/os-release": 'ID="rocky"\nVERSION_ID="9.4"\n'}
ROCKY_10 = {"/etc/os-release": 'ID="rocky"\nVERSION_ID="10.0"\n'}
CENTOS_7 = {"/etc/os-release": 'ID="centos"\nVERSION_ID="7"\n'}
DEBIAN_12 = {"/etc/os-release": 'ID=debian\nVERSION_ID="12"\n', "/var/lib/dpkg/status": ""}
UBUNTU = {"/etc/os-release": 'ID=ubuntu\nVERSION_ID="24.04"\n', "/var/lib/dpkg/status": ""}


class Started(Units):
    """Services that are started by the choice of the test."""

    def __init__(self, tree: Tree, services: Iterable[str]) -> None:
        super().__init__(tree)
        self._services = frozenset(services)

    def starts(self, service: str) -> ServiceStart:
        return ServiceStart(service in self._services, Step(f"{service} is enabled"))

    def instances(self, template: str) -> tuple[str, ...]:
        return tuple(sorted(f"{service}.service" for service in self._services if service.startswith(template)))


def nics(names: str = "ens3 ens4 ens5 ens6") -> tuple[Nic, ...]:
    """Return three NICs for the boot and one that is attached later."""
    return tuple(
        Nic(place, name, (f"enp0s{place + 3}",), f"fa:16:3e:00:00:0{place}", f"pci-0000:00:0{place + 3}.0")
        for place, name in enumerate(names.split())
    )


def a_machine(
    files: Mapping[str, str] | None = None,
    *,
    started: str,
    names: str = "ens3 ens4 ens5 ens6",
    links: Mapping[str, str] | None = None,
    statuses: Mapping[str, Status] | None = None,
) -> Machine:
    """Return a machine with these files; key files of NetworkManager have the mode that it requires by default."""
    modes = {path: Status(Type.FILE, mode=0o600) for path in files or {} if "/system-connections/" in path}
    tree = MemoryTree(files, links=links, statuses={**modes, **(statuses or {})})
    return Machine(tree, Started(tree, started.split()), nics(names), ("root=/dev/vda1", "net.ifnames=1"))


class StackTest(base.BaseTestCase):
    """A test of one network stack."""

    def assert_up(self, at_boot: str, later: str, stack: Stack | None, machine: Machine) -> None:
        """Assert which NICs come up at boot, and the outcome for the last one: yes, no or unknown."""
        assert stack is not None
        self.assertEqual(at_boot.split(), [nic.name for nic in machine.nics[:3] if stack.answer(nic).comes_up])
        self.assertEqual(later, self.outcome(stack, machine.nics[3]))

    def assert_outcomes(self, expected: str, stack: Stack | None, machine: Machine) -> None:
        """Assert the outcome for each NIC: yes, no or unknown."""
        self.assertEqual(expected.split(), [self.outcome(stack, nic) for nic in machine.nics])

    def outcome(self, stack: Stack | None, nic: Nic) -> str:
        """Return the outcome for a NIC: yes, no or unknown."""
        assert stack is not None
        try:
            return "yes" if stack.answer(nic).comes_up else "no"
        except Unknown:
            return "unknown"

    def assert_unknown(self, reason: str, ask: Callable[[], object]) -> None:
        """Assert that the outcome is unknown for a reason with these words."""
        self.assertIn(reason, self.assertRaises(Unknown, ask).why)
