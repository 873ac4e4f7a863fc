"""The QEMU guest agent of a guest."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.guest_agent import find_guest_agent
from guestinspect.guest.services.units import Units
from tests import base
from tests.trees import MemoryTree

UNIT = "/usr/lib/systemd/system/qemu-guest-agent.service"
QEMU_GA: dict[str, str | bytes] = {"/usr/sbin/qemu-ga": b"\x7fELF", UNIT: "[Service]\nExecStart=/usr/sbin/qemu-ga\n"}
RULE = (
    'SUBSYSTEM=="virtio-ports", ATTR{name}=="org.qemu.guest_agent.0", ENV{SYSTEMD_WANTS}="qemu-guest-agent.service"\n'
)
PORT = "dev-virtio\\x2dports-org.qemu.guest_agent.0.device.wants"


def has_guest_agent(tree: MemoryTree) -> bool:
    return find_guest_agent(tree, Units(tree, ())).value


class TestGuestAgent(base.BaseTestCase):
    def test_the_guest_agent_is_started_with_its_port(self) -> None:
        by_rule = MemoryTree(QEMU_GA | {"/usr/lib/udev/rules.d/60-qemu-guest-agent.rules": RULE})
        by_link = MemoryTree(QEMU_GA, links={f"/etc/systemd/system/{PORT}/qemu-guest-agent.service": UNIT})

        self.assertTrue(has_guest_agent(by_rule))
        self.assertTrue(has_guest_agent(by_link))

    def test_the_guest_agent_is_started_at_boot(self) -> None:
        links = {"/etc/systemd/system/multi-user.target.wants/qemu-guest-agent.service": UNIT}

        self.assertTrue(has_guest_agent(MemoryTree(QEMU_GA, links=links)))

    def test_a_masked_guest_agent_is_not_started(self) -> None:
        rule = {"/usr/lib/udev/rules.d/60-qemu-guest-agent.rules": RULE}
        masked = MemoryTree(QEMU_GA | rule, links={"/etc/systemd/system/qemu-guest-agent.service": "/dev/null"})

        self.assertFalse(has_guest_agent(masked))

    def test_a_guest_agent_that_is_not_wanted_is_not_started(self) -> None:
        self.assertFalse(has_guest_agent(MemoryTree(QEMU_GA)))
        self.assertFalse(has_guest_agent(MemoryTree({"/etc/os-release": ""})))

    def test_an_unreadable_folder_of_rules_is_reported(self) -> None:
        tree = MemoryTree(QEMU_GA, unreadable=["/usr/lib/udev/rules.d"])

        self.assertRaises(Unreadable, find_guest_agent, tree, Units(tree, ()))
