"""Agents that install a user's SSH key.

Source: glean 1.25.1; afterburn; coreos-cloudinit of Flatcar; CirrOS; tiny-cloud 2.2.2 and 3.0.7.
"""

from __future__ import annotations

from guestinspect.disk.tree import Status, Type, Unreadable
from guestinspect.guest.key_agents import find_key_agents
from guestinspect.guest.services.units import Units
from guestinspect.guest.ssh_server import find_ssh_server
from guestinspect.model.fact import Unknown
from tests import base
from tests.trees import MemoryTree

FETCH = (
    "#!/bin/sh\ncurl http://169.254.169.254/latest/meta-data/public-keys/0/openssh-key >> /root/.ssh/authorized_keys\n"
)
EXECUTABLE = Status(Type.FILE, mode=0o755)


def agents_of(tree: MemoryTree) -> tuple[str, ...]:
    return find_key_agents(tree, Units(tree, ())).value


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

    def test_an_agent_of_a_config_drive_is_an_agent(self) -> None:
        """The images of diskimage-builder's element simple-init have glean instead of cloud-init."""
        folder = "/usr/lib/systemd/system"
        unit = {f"{folder}/glean-early.service": "[Service]\nExecStart=/usr/glean/glean-early.sh\n"}
        wants = "/etc/systemd/system/multi-user.target.wants/glean-early.service"

        self.assertEqual(("glean",), agents_of(MemoryTree(unit, links={wants: f"{folder}/glean-early.service"})))
        self.assertEqual((), agents_of(MemoryTree(unit)))

    def test_afterburn_installs_the_keys_of_any_user(self) -> None:
        folder = "/usr/lib/systemd/system"
        text = (
            "[Unit]\nConditionKernelCommandLine=|ignition.platform.id=openstack\n[Service]\nExecStart=/bin/afterburn\n"
        )
        wants = "/etc/systemd/system/multi-user.target.wants/afterburn-sshkeys@root.service"
        tree = MemoryTree(
            {f"{folder}/afterburn-sshkeys@.service": text}, links={wants: f"{folder}/afterburn-sshkeys@.service"}
        )
        on_openstack = find_key_agents(tree, Units(tree, ("ignition.platform.id=openstack",)))

        self.assertEqual(("afterburn",), on_openstack.value)
        self.assertEqual((), find_key_agents(tree, Units(tree, ("ignition.platform.id=qemu",))).value)

    def test_cirros_and_flatcar_have_agents(self) -> None:
        rule = 'ENV{ID_FS_LABEL}=="config-2", ENV{SYSTEMD_WANTS}+="media-configdrive.mount"\n'
        flatcar = {"/usr/bin/coreos-cloudinit": "ELF", "/usr/lib/udev/rules.d/90-configdrive.rules": rule}

        self.assertEqual(("cirros-apply",), agents_of(MemoryTree({"/sbin/cirros-apply": "#!/bin/sh\n"})))
        self.assertEqual(("coreos-cloudinit",), agents_of(MemoryTree(flatcar)))

    def test_tiny_cloud_is_not_an_agent_of_openstack_in_every_version(self) -> None:
        self.assertEqual((), agents_of(alpine("CLOUD=nocloud\n")))
        self.assertEqual((), agents_of(alpine("CLOUD=azure\n")))
        self.assertEqual((), agents_of(alpine("")))
        self.assertRaises(Unknown, agents_of, alpine("CLOUD=aws\n"))
        self.assertEqual((), agents_of(alpine("CLOUD=aws\nSKIP_INIT_ACTIONS=set_ssh_keys\n")))
        openstack = {"/lib/tiny-cloud/cloud/openstack/imds": ""}
        self.assertEqual(("tiny-cloud",), agents_of(alpine("CLOUD=openstack\n", openstack)))
        self.assertEqual((), agents_of(alpine("CLOUD=nocloud\n", openstack)))

    def test_the_script_of_an_enabled_package_is_an_agent(self) -> None:
        unit = "/usr/lib/systemd/system/ec2-get-ssh.service"
        files = {unit: "[Service]\nExecStart=/usr/sbin/ec2-get-ssh\n", "/usr/sbin/ec2-get-ssh": FETCH}
        wants = "/etc/systemd/system/multi-user.target.wants/ec2-get-ssh.service"

        self.assertEqual(("ec2-get-ssh",), agents_of(MemoryTree(files, links={wants: unit})))
        self.assertEqual((), agents_of(MemoryTree(files)))

    def test_a_script_of_cron_that_runs_at_boot_is_an_agent(self) -> None:
        for line, expected in (("@reboot root /opt/ssh-keys\n", ("ssh-keys",)), ("@daily root /opt/ssh-keys\n", ())):
            with self.subTest(line=line):
                tree = MemoryTree({"/etc/cron.d/keys": line, "/opt/ssh-keys": FETCH})

                self.assertEqual(expected, agents_of(tree))

    def test_a_script_of_system_v_is_an_agent(self) -> None:
        tree = MemoryTree(
            {"/etc/init.d/ec2-keys": FETCH, "/etc/inittab": "id:3:initdefault:\n", "/sbin/init": "ELF"},
            links={"/etc/rc3.d/S99ec2-keys": "../init.d/ec2-keys"},
        )

        self.assertEqual(("ec2-keys",), agents_of(tree))

    def test_a_script_that_reads_a_config_drive_is_an_agent(self) -> None:
        content = "#!/bin/sh\nmount LABEL=config-2 /mnt && jq .public_keys[] /mnt/m.json > /root/.ssh/authorized_keys\n"
        tree = MemoryTree({"/etc/rc.local": content}, statuses={"/etc/rc.local": EXECUTABLE})

        self.assertEqual(("rc.local",), agents_of(tree))


def alpine(settings: str, files: dict[str, str] | None = None) -> MemoryTree:
    """Return an Alpine guest whose tiny-cloud is enabled."""
    usual = {
        "/sbin/openrc": "ELF",
        "/etc/init.d/tiny-cloud-main": "#!/sbin/openrc-run\n",
        "/lib/tiny-cloud/common": "log() {\n",
        "/etc/tiny-cloud.conf": settings,
    }
    return MemoryTree(usual | (files or {}), links={"/etc/runlevels/default/tiny-cloud-main": "/etc/init.d/x"})


class TestSshServer(base.BaseTestCase):
    def test_an_ssh_server_is_found(self) -> None:
        for path in ("/usr/sbin/sshd", "/usr/sbin/dropbear", "/etc/init.d/sshd", "/etc/systemd/system/sshd.service"):
            with self.subTest(path=path):
                self.assertTrue(find_ssh_server(MemoryTree({path: ""})).value)

    def test_a_client_is_not_a_server(self) -> None:
        self.assertFalse(find_ssh_server(MemoryTree({"/usr/bin/ssh": "ELF"})).value)
