"""The verdict on guests whose initramfs names the NICs."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

from guestinspect.guest.initramfs.initramfs import open_initramfs
from guestinspect.model.fact import TOO_LONG_TO_FETCH, Unknown
from guestinspect.network import verdict
from guestinspect.network.verdict import NetworkFacts
from guests.disks.cpio import Member, link, make_archive, with_folders
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import CLOUD_INIT, DEBIAN, IFUPDOWN, NETWORKD, RULES, Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

PATH = "/boot/initrd.img-6.1.0-9-amd64"
MODULES = "usr/lib/modules/6.1.0-9-amd64"
BOOT = guests.files(
    {
        "/boot/grub/grub.cfg": "menuentry 'Debian GNU/Linux' {\n\tlinux /boot/vmlinuz-6.1.0-9-amd64 root=/dev/vda1 ro\n"
        f"\tinitrd {PATH}\n}}\n",
        f"/{MODULES}/modules.builtin": "kernel/fs/ext4/ext4.ko\n",
        "/boot/vmlinuz-6.1.0-9-amd64": "MZ",
    }
)
DRIVERS = guests.files({f"/{MODULES}/kernel/drivers/net/virtio_net.ko.xz": ""})
DISK_DRIVERS = {f"/{MODULES}/kernel/drivers/{name}.ko": "" for name in ("block/virtio_blk", "virtio/virtio_pci")}
UDEV = Part(
    {
        "/usr/lib/systemd/systemd-udevd": "ELF",
        **DISK_DRIVERS,
        f"{RULES}/80-drivers.rules": 'ACTION!="remove", RUN{builtin}+="kmod load"\n',
        **{path: DEBIAN.files[path] for path in DEBIAN.files if path.endswith(("setup-link.rules", "99-default.link"))},
    },
    {"/lib": "usr/lib"},
)
BUILT_IN = guests.files(
    {
        f"/{MODULES}/modules.builtin": "".join(
            f"kernel/drivers/{name}.ko\n" for name in ("block/virtio_blk", "net/virtio-net", "virtio/virtio_pci")
        )
    }
)
ETH = guests.files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=eth*\n\n[Network]\nDHCP=yes\n"})
MASKED = guests.links({"/etc/systemd/network/99-default.link": "/dev/null"})
CHANGED = DEBIAN | NETWORKD | BOOT | ETH | MASKED
"""A guest whose naming was switched off after its initramfs was made, and whose configuration is for eth0."""


def initramfs(content: Part, path: str = PATH) -> Part:
    """Return a part of an initramfs with these files and links."""
    members = [Member(name.lstrip("/"), text.encode()) for name, text in content.files.items()]
    links = [link(name.lstrip("/"), target) for name, target in content.links.items()]
    return guests.files({path: make_archive([*with_folders(members), *links]).decode("utf-8", "surrogateescape")})


class InitramfsTest(VerdictTest):
    def assert_unknown(self, reason: str, guest: Part) -> None:
        for ask in (lambda: self.facts(guest)["nics_at_boot"](), lambda: self.facts(guest)["nic_hotplug"]()):
            unknown = self.assertRaises(Unknown, ask)
            self.assertIn("the initramfs may give the NICs other names, and is not known", unknown.why)
            self.assertIn(reason, unknown.why)

    def facts(self, guest: Part) -> NetworkFacts:
        return self.inspect_guest(guest)


class TestOldInitramfs(InitramfsTest):
    def test_it_names_nics_although_the_guest_does_not(self) -> None:
        guest = CHANGED | initramfs(UDEV | DRIVERS)

        found = self.inspect_guest(guest)["nics_at_boot"]()

        self.assert_verdict(guest, "none", "yes")
        self.assertEqual(PATH, found.location)
        self.assertIn(
            (
                "NICs get predictable names (ens3), already in the initramfs",
                f"{PATH}: /usr/lib/systemd/network/99-default.link",
            ),
            [(step.what, step.location) for step in found.value.explanation],
        )

    def test_a_rule_that_is_masked_in_the_guest_alone_is_in_force(self) -> None:
        masked = guests.links({"/etc/udev/rules.d/80-net-setup-link.rules": "/dev/null"})
        guest = DEBIAN | NETWORKD | BOOT | ETH | masked | initramfs(UDEV | DRIVERS)

        self.assert_verdict(guest, "none", "yes")

    def test_one_that_was_made_anew_names_none(self) -> None:
        empty = guests.files({"/usr/lib/systemd/network/99-default.link": ""})

        self.assert_verdict(CHANGED | initramfs(UDEV | DRIVERS | empty), "all", "yes")

    def test_ifupdown_waits_for_a_name_that_is_gone(self) -> None:
        own = guests.files({"/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | BOOT | own | MASKED | initramfs(UDEV | DRIVERS), "none", "no")
        self.assert_verdict(DEBIAN | IFUPDOWN | BOOT | own | MASKED | initramfs(UDEV), "first", "no")

    def test_it_may_hold_a_name_that_the_guest_has_no_more(self) -> None:
        own = guests.files(
            {"/usr/lib/systemd/network/10-a.link": "[Match]\nPath=pci-0000:00:04.0\n[Link]\nName=eth7\n"}
        )

        names = self.at_boot(CHANGED | initramfs(UDEV | DRIVERS | own)).names

        self.assertEqual(("eth7",), names)

    def test_the_parameter_is_valid_for_it_too(self) -> None:
        text = BOOT.files["/boot/grub/grub.cfg"].replace(" ro\n", " ro net.ifnames=0\n")
        guest = CHANGED | guests.files({"/boot/grub/grub.cfg": text})

        self.assert_verdict(guest | initramfs(UDEV | DRIVERS), "all", "yes")


class TestInitramfsThatNamesNone(InitramfsTest):
    def test_without_the_driver_nics_appear_later(self) -> None:
        self.assert_verdict(CHANGED | initramfs(UDEV), "all", "yes")

    def test_without_udev_nobody_names_them(self) -> None:
        self.assert_verdict(
            CHANGED | initramfs(DRIVERS | Part({"/init": "#!/bin/sh\n", **DISK_DRIVERS}, UDEV.links)), "all", "yes"
        )

    def test_without_an_initramfs_the_kernel_mounts_the_root_itself(self) -> None:
        self.assert_verdict(CHANGED | BUILT_IN | guests.command_line("quiet"), "all", "yes")

    def test_a_driver_in_the_kernel_counts(self) -> None:
        self.assert_verdict(CHANGED | BUILT_IN | initramfs(UDEV), "none", "yes")

    def test_a_driver_of_another_kernel_does_not_count(self) -> None:
        other = guests.files({path.replace("6.1.0-9", "5.10.0-1"): "" for path in DRIVERS.files})

        self.assert_verdict(CHANGED | initramfs(UDEV | other), "all", "yes")


class TestUnknownInitramfs(InitramfsTest):
    def test_one_that_is_missing(self) -> None:
        self.assert_unknown(f"the initramfs '{PATH}' of the boot loader is not in the guest", CHANGED)

    def test_one_that_is_damaged(self) -> None:
        whole = initramfs(UDEV | DRIVERS).files[PATH]

        self.assert_unknown("truncated", CHANGED | guests.files({PATH: whole[:2000]}))
        self.assert_unknown("a known compression", CHANGED | guests.files({PATH: "not an archive"}))

    def test_no_boot_loader_names_one(self) -> None:
        self.assert_unknown("no boot loader", CHANGED | guests.files({"/boot/grub/grub.cfg": ""}))

    def test_one_of_dracut_without_udev(self) -> None:
        dracut = Part({"/usr/lib/dracut/build-parameter.txt": "", "/init": "ELF", **DISK_DRIVERS}, UDEV.links)

        self.assert_unknown("made by dracut, and has no udev", CHANGED | initramfs(dracut | DRIVERS))

    def test_one_that_may_not_load_the_driver(self) -> None:
        without_rule = Part({path: text for path, text in UDEV.files.items() if "80-drivers" not in path}, UDEV.links)
        blocked = guests.files({"/etc/modprobe.d/a.conf": "blacklist virtio_net\n"})

        self.assert_unknown("loads the driver", CHANGED | initramfs(without_rule | DRIVERS))
        self.assert_unknown("not to load the driver virtio_net", CHANGED | initramfs(UDEV | DRIVERS | blocked))

    def test_one_that_names_nics_in_an_unknown_way(self) -> None:
        rule = guests.files({f"{RULES}/70-net.rules": 'SUBSYSTEM=="net", PROGRAM=="/sbin/x", NAME="%c"\n'})

        self.assert_verdict(CHANGED | initramfs(UDEV | DRIVERS | rule), "unknown", "unknown")

    def test_one_that_is_too_long_to_be_fetched(self) -> None:
        tree = (CHANGED | initramfs(UDEV | DRIVERS)).tree
        facts = verdict.facts_of(tree, initramfs=lambda: open_initramfs(tree, 100))

        unknown = self.assertRaises(Unknown, facts["nics_at_boot"])

        self.assertIn(f"{PATH} has 0 MiB, {TOO_LONG_TO_FETCH}", unknown.why)

    def test_one_without_the_driver_of_the_disk_does_not_start_the_guest(self) -> None:
        en = guests.files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n"})
        without = Part({path: text for path, text in UDEV.files.items() if path not in DISK_DRIVERS}, UDEV.links)

        facts = self.inspect_guest(DEBIAN | NETWORKD | BOOT | en | initramfs(without | DRIVERS))

        why = self.assertRaises(Unknown, facts["nics_at_boot"]).why
        self.assertIn(f"if hw_disk_bus is virtio: the initramfs {PATH} lacks the driver virtio_pci", why)
        other = facts["other_bus_nics_at_boot"]().value
        self.assertEqual("all", other and other.verdict)

    def test_other_facts_stay_known(self) -> None:
        facts = self.inspect_guest(CHANGED)

        self.assertEqual(("systemd-networkd",), facts["network_stacks"]().value)
        self.assertEqual((), facts["pins"]().value)


class TestNotRead(InitramfsTest):
    """The initramfs is read only if the answer depends on it."""

    def assert_not_read(self, which: str, guest: Part) -> None:
        with mock.patch("guestinspect.guest.initramfs.initramfs.read_archives", side_effect=AssertionError):
            facts = self.inspect_guest(guest | BUILT_IN | initramfs(UDEV | DRIVERS))

            self.assertEqual(which, facts["nics_at_boot"]().value.verdict)

    def test_default_names_do_not_depend_on_it(self) -> None:
        en = guests.files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n"})

        self.assert_not_read("all", DEBIAN | NETWORKD | BOOT | en)
        self.assert_not_read("all", DEBIAN | IFUPDOWN | CLOUD_INIT | BOOT)

    def test_a_configuration_for_any_name_does_not_depend_on_it(self) -> None:
        anything = guests.files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=e*\n\n[Network]\nDHCP=yes\n"})

        self.assert_not_read("all", DEBIAN | NETWORKD | BOOT | MASKED | anything)

    def test_a_name_that_is_given_again_does_not_depend_on_it(self) -> None:
        mac = guests.files({"/etc/systemd/network/10-mac.link": "[Match]\nOriginalName=*\n\n[Link]\nNamePolicy=mac\n"})

        self.assert_not_read("none", DEBIAN | NETWORKD | BOOT | ETH | mac)

    def test_a_guest_without_udev_does_not_depend_on_it(self) -> None:
        without = replace(
            CHANGED,
            files={path: text for path, text in CHANGED.files.items() if "udev" not in path},
            links=DEBIAN.links,
        )

        self.assert_not_read("all", without | NETWORKD)
