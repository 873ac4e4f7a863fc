"""Agents in a guest."""

from __future__ import annotations

from guestinspect.disk.tree import Status, Type, Unreadable
from guestinspect.guest.agents import find_guest_agent, find_key_agents
from guestinspect.guest.services.units import Units
from tests import base
from tests.trees import MemoryTree

UNIT = "/usr/lib/systemd/system/qemu-guest-agent.service"
QEMU_GA: dict[str, str | bytes] = {"/usr/sbin/qemu-ga": b"\x7fELF", UNIT: "[Service]\nExecStart=/usr/sbin/qemu-ga\n"}
RULE = (
    'SUBSYSTEM=="virtio-ports", ATTR{name}=="org.qemu.guest_agent.0", ENV{SYSTEMD_WANTS}="qemu-guest-agent.service"\n'
)
PORT = "dev-virtio\\x2dports-org.qemu.guest_agent.0.device.wants"
FETCH = (
    "#!/bin/sh\ncurl http://169.254.169.254/latest/meta-data/public-keys/0/openssh-key >> /root/.ssh/authorized_keys\n"
)
EXECUTABLE = Status(Type.FILE, mode=0o755)


def has_guest_agent(tree: MemoryTree) -> bool:
    return find_guest_agent(tree, Units(tree, ())).value


def agents_of(tree: MemoryTree) -> tuple[str, ...]:
    return find_key_agents(tree, Units(tree, ())).value


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


class TestKeyAgents(base.BaseTestCase):
    def test_a_script_that_runs_at_boot_is_an_agent(self) -> None:
        tree = MemoryTree({"/etc/rc.local": FETCH}, statuses={"/etc/rc.local": EXECUTABLE})

        self.assertEqual(("rc.local",), agents_of(tree))

    def test_a_script_that_is_not_executable_is_not_an_agent(self) -> None:
        self.assertEqual((), agents_of(MemoryTree({"/etc/rc.local": FETCH})))

    def test_a_script_that_fetches_something_else_is_not_an_agent(self) -> None:
        content = FETCH.replace("public-keys", "hostname").replace("authorized_keys", "x")
        tree = MemoryTree({"/etc/rc.local": content}, statuses={"/etc/rc.local": EXECUTABLE})

        self.assertEqual((), agents_of(tree))

    def test_a_local_service_is_an_agent(self) -> None:
        files = {
            "/etc/systemd/system/ssh-keys.service": "[Service]\nExecStart=-/bin/sh /opt/ssh-keys\n",
            "/opt/ssh-keys": FETCH,
        }
        wants = "/etc/systemd/system/multi-user.target.wants/ssh-keys.service"

        self.assertEqual(("ssh-keys",), agents_of(MemoryTree(files, links={wants: "../ssh-keys.service"})))
        self.assertEqual((), agents_of(MemoryTree(files)))

    def test_a_service_of_a_distribution_is_an_agent(self) -> None:
        folder = "/usr/lib/systemd/system"
        tree = MemoryTree(
            {f"{folder}/afterburn-sshkeys@.service": "[Service]\nExecStart=/usr/bin/afterburn\n"},
            links={
                "/etc/systemd/system/multi-user.target.wants/afterburn-sshkeys@core.service": (
                    f"{folder}/afterburn-sshkeys@.service"
                )
            },
        )

        self.assertEqual(("afterburn",), agents_of(tree))

    def test_an_unreadable_script_is_reported(self) -> None:
        tree = MemoryTree({"/etc/": ""}, unreadable=["/etc/rc.local"])

        self.assertRaises(Unreadable, find_key_agents, tree, Units(tree, ()))
