"""Alpine's guests with tiny-cloud, which writes the file for ifupdown at the first boot.

Source: tiny-cloud 2.2.2, 3.0.0 and 3.0.7.
"""

from __future__ import annotations

from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import ALPINE, DEBIAN, Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

WITHOUT_FILE = Part(
    {path: text for path, text in ALPINE.files.items() if path != "/etc/network/interfaces"}
    | {"/usr/libexec/ifupdown-ng/dhcp": "#!/bin/sh\n"},
    ALPINE.links,
)
TINY_CLOUD = Part(
    {
        "/lib/tiny-cloud/common": "log() {\n",
        "/lib/tiny-cloud/init": "init__set_default_interfaces() {\n",
        "/lib/tiny-cloud/cloud/nocloud/init": 'INIT_ACTIONS_BOOT="$(replace_word ...)"\n',
        "/sbin/tiny-cloud": '#!/bin/sh\nif [ -e "$ROOT"/etc/tiny-cloud.disabled ]; then\n',
        "/etc/init.d/tiny-cloud-boot": "#!/sbin/openrc-run\n",
        "/etc/tiny-cloud.conf": "#CLOUD=\nCLOUD=nocloud\n",
    },
    {"/etc/runlevels/boot/tiny-cloud-boot": "/etc/init.d/tiny-cloud-boot"},
)


def settings(text: str) -> Part:
    return guests.files({"/etc/tiny-cloud.conf": text})


class TestTinyCloud(VerdictTest):
    def test_tiny_cloud_configures_the_first_nic(self) -> None:
        found = self.inspect_guest(WITHOUT_FILE | TINY_CLOUD)

        self.assert_facts(found, "first", "no")
        steps = [step.what for step in found["nics_at_boot"]().value.explanation]
        self.assertIn("tiny-cloud writes /etc/network/interfaces for eth0, since that file does not exist", steps)
        self.assertEqual(("ifupdown-ng",), found["network_stacks"]().value)

    def test_nothing_comes_up_without_the_file(self) -> None:
        for part in (
            guests.files({}),
            TINY_CLOUD | guests.files({"/etc/tiny-cloud.disabled": ""}),
            TINY_CLOUD | guests.files({"/var/lib/cloud/.bootstrap-complete": ""}),
            TINY_CLOUD | settings("CLOUD=aws\nSKIP_INIT_ACTIONS='expand_root set_default_interfaces'\n"),
            TINY_CLOUD | guests.files({"/lib/tiny-cloud/init": "set_hostname() {\n"}),
        ):
            with self.subTest(part=part):
                self.assert_verdict(WITHOUT_FILE | part, "none", "no")

    def test_versions_before_3_0_4_cannot_be_disabled_by_a_file(self) -> None:
        old = guests.files({"/sbin/tiny-cloud": "#!/bin/sh\n", "/etc/tiny-cloud.disabled": ""})

        self.assert_verdict(WITHOUT_FILE | TINY_CLOUD | old, "first", "no")

    def test_a_service_that_is_not_enabled_writes_nothing(self) -> None:
        self.assert_verdict(WITHOUT_FILE | Part(TINY_CLOUD.files), "none", "no")

    def test_a_file_that_is_there_stays(self) -> None:
        eth1 = guests.files({"/etc/network/interfaces": "auto eth1\niface eth1 inet dhcp\n"})

        self.assert_verdict(WITHOUT_FILE | TINY_CLOUD | eth1, "named", "no")

    def test_changed_actions_are_unknown(self) -> None:
        for text in (
            'INIT_ACTIONS_BOOT="expand_root"\n',
            "HOTPLUG_MODULES='vnic_eth_hotplug'\nCLOUD=aws\n",
        ):
            with self.subTest(text=text):
                self.assert_verdict(WITHOUT_FILE | TINY_CLOUD | settings(text), "unknown", "unknown")
        other = guests.files({"/lib/tiny-cloud/cloud/aws/init": "INIT_ACTIONS_BOOT=x\n"})
        self.assert_verdict(WITHOUT_FILE | TINY_CLOUD | settings("CLOUD=aws\n") | other, "unknown", "unknown")

    def test_busybox_does_not_read_the_file(self) -> None:
        """Its line ``iface`` needs a method. Source: busybox, networking/ifupdown.c."""
        busybox = Part({path: text for path, text in WITHOUT_FILE.files.items() if "ifup" not in path}, ALPINE.links)

        links = guests.links({"/sbin/ifup": "/bin/busybox", "/sbin/ifdown": "/bin/busybox"})
        self.assert_verdict(busybox | links | TINY_CLOUD, "none", "no")


class TestIdleService(VerdictTest):
    """The explanation of a guest whose service ``networking`` brings up nothing."""

    def reasons(self, guest: Part) -> list[str]:
        return [step.what for step in self.at_boot(guest).explanation]

    def test_networking_without_a_file_is_reported(self) -> None:
        self.assertIn("networking is started, but /etc/network/interfaces does not exist", self.reasons(WITHOUT_FILE))

    def test_networking_for_the_loopback_interface_is_reported(self) -> None:
        expected = "networking is started, but its file names no interface other than lo"

        self.assertIn(expected, self.reasons(ALPINE))
        self.assertIn(expected, self.reasons(DEBIAN | guests.IFUPDOWN))

    def test_a_guest_without_services_starts_no_stack(self) -> None:
        self.assertIn("no network stack is started", self.reasons(DEBIAN))
