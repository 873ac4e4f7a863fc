"""The recipes of the page «Configuring a guest for several networks» have the effect that the page states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import vscclient
from guestinspect.disk.tree import Status, Type
from guestinspect.model.guest import Nics
from guestinspect.network import verdict
from tests import base
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    ALPINE,
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETWORK_MANAGER,
    NETWORKD,
    ROCKY,
    SYSTEM,
    WANTS,
    Part,
    service,
)

PAGE = Path(vscclient.__file__).parent.parent / "doc/source/user/several-nics.rst"

_LABEL = re.compile(r"^\.\. _(recipe-[a-z-]+):$", re.MULTILINE)
_CLAIM = re.compile(r"\*\*At boot:\*\* (\w+)\. \*\*Attached later:\*\* (\w+)\.")
_COMMAND = re.compile(r"^   \$ virt-customize (.*)$", re.MULTILINE)
_BLOCK = re.compile(r"^\.\. code-block:: \w+\n   :caption: (\S+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)

UNNAMED = guests.files({"/etc/NetworkManager/conf.d/00-server.conf": "[main]\nno-auto-default=*\n"})
KEY_FILE = "/etc/NetworkManager/system-connections/ens3.nmconnection"
ONE_CONNECTION = guests.files(
    {
        KEY_FILE: "[connection]\nid=ens3\nuuid=9c5b8d46-2a1b-4f2e-9e57-0f6f0f8a3b11\ntype=ethernet\n"
        "interface-name=ens3\n[ipv4]\nmethod=auto\n"
    }
)
NETWORK_SCRIPTS = Part(
    {
        "/etc/os-release": 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
        "/etc/rc.d/init.d/network": "#! /bin/bash\n# chkconfig: 2345 10 90\n",
        "/etc/sysconfig/network": "NETWORKING=yes\n",
        "/etc/sysconfig/network-scripts/ifcfg-ens3": "DEVICE=ens3\nONBOOT=yes\nBOOTPROTO=dhcp\n",
        "/usr/lib/systemd/system-generators/systemd-sysv-generator": "ELF",
    },
    {
        "/etc/init.d": "rc.d/init.d",
        **{f"/etc/rc{level}.d": f"rc.d/rc{level}.d" for level in "2345"},
        **{f"/etc/rc.d/rc{level}.d/S10network": "../init.d/network" for level in "2345"},
    },
)
WICKED = (
    DEBIAN
    | guests.command_line("net.ifnames=0")
    | Part(
        {
            "/etc/os-release": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
            f"{SYSTEM}/wicked.service": service("wicked"),
            "/usr/sbin/wicked": "ELF",
            "/etc/sysconfig/network/ifcfg-eth0": "STARTMODE=auto\nBOOTPROTO=dhcp\n",
        },
        {f"{WANTS}/wicked.service": f"{SYSTEM}/wicked.service"},
    )
)
DHCPCD = Part(
    {
        f"{SYSTEM}/dhcpcd.service": "[Service]\nType=forking\nExecStart=/usr/sbin/dhcpcd -q -b\n",
        "/usr/sbin/dhcpcd": "ELF",
    },
    {f"{WANTS}/dhcpcd.service": f"{SYSTEM}/dhcpcd.service"},
)

FIRST_NIC_ONLY: Mapping[str, tuple[Part, ...]] = {
    "recipe-cloud-init": (
        DEBIAN | IFUPDOWN | CLOUD_INIT | guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [None]\n"}),
    ),
    "recipe-networkd": (
        DEBIAN
        | NETWORKD
        | guests.files({"/etc/systemd/network/20-lan.network": "[Match]\nName=ens3\n\n[Network]\nDHCP=yes\n"}),
    ),
    "recipe-netplan": (
        DEBIAN
        | NETPLAN
        | guests.files({"/etc/netplan/50-lan.yaml": "network:\n  ethernets:\n    ens3:\n      dhcp4: true\n"}),
    ),
    "recipe-networkmanager-rhel": (
        ROCKY | NETWORK_MANAGER | UNNAMED | ONE_CONNECTION,
        DEBIAN | NETWORK_MANAGER | UNNAMED | ONE_CONNECTION,
    ),
    "recipe-ifupdown": (
        DEBIAN | IFUPDOWN | guests.files({"/etc/network/interfaces": "allow-hotplug ens3\niface ens3 inet dhcp\n"}),
        DEBIAN | IFUPDOWN | CLOUD_INIT | guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [None]\n"}),
    ),
    "recipe-network-scripts": (ROCKY | NETWORK_SCRIPTS,),
    "recipe-wicked": (WICKED,),
    "recipe-dhcpcd": (
        DEBIAN | DHCPCD | guests.files({"/etc/dhcpcd.conf": "allowinterfaces ens3\n"}),
        DEBIAN | DHCPCD | guests.files({"/etc/dhcpcd.conf": "denyinterfaces ens4 ens5 ens6\n"}),
    ),
    "recipe-alpine": (
        ALPINE
        | guests.files(
            {"/etc/network/interfaces": "auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\n"}
        ),
    ),
}
"""Guests that bring up only their first NIC, by the recipe for them."""


@dataclass(frozen=True)
class Recipe:
    """A section of the page.

    Args:
        label: The name for links to the section.
        files: The files that it adds to the guest, by path.
        commands: The arguments of each ``virt-customize`` that adds the files.
        at_boot: The stated verdict on the NICs at boot.
        later: Whether it states that a NIC that is attached later comes up.
    """

    label: str
    files: Mapping[str, str]
    commands: tuple[str, ...]
    at_boot: str
    later: str

    @property
    def part(self) -> Part:
        """Return the files as a part of a guest."""
        return guests.files(self.files)


def list_recipes() -> Iterator[Recipe]:
    """Yield the recipes in the order of the page."""
    _, *pairs = _LABEL.split(PAGE.read_text(encoding="utf-8").partition("\nSeveral default routes\n")[0])
    for label, text in zip(pairs[::2], pairs[1::2], strict=True):
        claim = _CLAIM.search(text)
        assert claim is not None, f"{label} does not state its effect"
        yield Recipe(label, dict(list_shown_files(text)), tuple(_COMMAND.findall(text)), claim[1], claim[2])


def list_added_files(command: str) -> set[str]:
    """Return the files that the arguments of a ``virt-customize`` add to the guest."""
    uploaded = re.findall(r"--upload \S+?:(\S+)", command)
    copied = re.findall(r"--copy-in (\S+?):(\S+)", command)
    return {*uploaded, *(f"{folder}/{name}" for name, folder in copied)}


def list_shown_files(text: str) -> Iterator[tuple[str, str]]:
    """Yield the files that a part of the page shows, with the paths in their captions."""
    for path, content in _BLOCK.findall(text):
        yield path, dedent(content).strip("\n") + "\n"


def forecast(guest: Part) -> tuple[str, str]:
    """Return the verdict on the NICs at boot, and whether one that is attached later comes up."""
    facts = verdict.facts_of(guest.tree)
    return facts["nics_at_boot"]().value.verdict, "yes" if facts["nic_hotplug"]().value.comes_up else "no"


class TestRecipes(base.BaseTestCase):
    def test_each_recipe_has_a_guest_that_needs_it(self) -> None:
        self.assertEqual(set(FIRST_NIC_ONLY), {recipe.label for recipe in list_recipes() if recipe.files})

    def test_only_the_first_nic_comes_up_without_a_recipe(self) -> None:
        for label, variants in FIRST_NIC_ONLY.items():
            with self.subTest(label=label, variants=variants):
                for guest in variants:
                    with self.subTest(label):
                        self.assertEqual((Nics.FIRST, "no"), forecast(guest))

    def test_a_recipe_has_the_stated_effect(self) -> None:
        for recipe in list_recipes():
            with self.subTest(recipe=recipe):
                for guest in FIRST_NIC_ONLY.get(recipe.label, ()):
                    with self.subTest(recipe.label):
                        self.assertEqual((recipe.at_boot, recipe.later), forecast(guest | recipe.part))
                        self.assertEqual(Nics.ALL, recipe.at_boot)

    def test_the_commands_of_a_recipe_add_each_of_its_files(self) -> None:
        for recipe in list_recipes():
            with self.subTest(recipe=recipe):
                added = [path for command in recipe.commands for path in list_added_files(command)]

                self.assertEqual(sorted(recipe.files), sorted(added), recipe.label)

    def test_files_of_cloud_init_have_a_separate_command(self) -> None:
        """virt-customize makes no folders: without cloud-init it would stop after adding some of the files."""
        for recipe in list_recipes():
            with self.subTest(recipe=recipe):
                for command in recipe.commands:
                    of_cloud_init = {path.startswith("/etc/cloud/") for path in list_added_files(command)}

                    self.assertEqual(1, len(of_cloud_init), f"{recipe.label}: {command}")

    def test_a_recipe_ties_no_nic_to_one_machine(self) -> None:
        for recipe in list_recipes():
            with self.subTest(recipe=recipe):
                for guest in FIRST_NIC_ONLY.get(recipe.label, ()):
                    with self.subTest(recipe.label):
                        self.assertEqual((), verdict.facts_of((guest | recipe.part).tree)["pins"]().value)

    def test_network_manager_needs_no_recipe(self) -> None:
        (recipe,) = (recipe for recipe in list_recipes() if recipe.label == "recipe-networkmanager")

        self.assertEqual((recipe.at_boot, recipe.later), forecast(DEBIAN | NETWORK_MANAGER))

    def test_another_recipe_beside_cloud_init_brings_up_later_nics(self) -> None:
        by_label = {recipe.label: recipe for recipe in list_recipes()}
        for stack, label in ((NETPLAN, "recipe-netplan"), (NETWORKD, "recipe-networkd")):
            with self.subTest(stack=stack, label=label):
                alone = DEBIAN | stack | CLOUD_INIT

                self.assertEqual((Nics.ALL, "no"), forecast(alone))
                self.assertEqual((Nics.ALL, "yes"), forecast(alone | by_label[label].part))

        self.assertEqual((Nics.ALL, "yes"), forecast(DEBIAN | NETWORK_MANAGER | CLOUD_INIT))

    def test_a_key_file_that_others_can_read_is_ignored(self) -> None:
        (recipe,) = (recipe for recipe in list_recipes() if recipe.label == "recipe-networkmanager-rhel")
        guest = ROCKY | NETWORK_MANAGER | UNNAMED | recipe.part
        (path,) = recipe.files
        open_to_all = type(guest.tree)(guest.files, links=guest.links, statuses={path: Status(Type.FILE, mode=0o644)})

        self.assertEqual((Nics.ALL, "yes"), forecast(guest))
        self.assertEqual(Nics.NONE, verdict.facts_of(open_to_all)["nics_at_boot"]().value.verdict)

    def test_a_smaller_metric_for_the_first_nic_leaves_the_others_up(self) -> None:
        by_label = {recipe.label: recipe for recipe in list_recipes()}
        routes = dict(list_shown_files(PAGE.read_text(encoding="utf-8").partition("\nSeveral default routes\n")[2]))
        self.assertEqual(["/etc/systemd/network/05-outside.network", "/etc/netplan/91-outside.yaml"], list(routes))

        for stack, label, path in zip(
            (NETWORKD, NETPLAN), ("recipe-networkd", "recipe-netplan"), list(routes), strict=True
        ):
            with self.subTest(stack=stack, label=label, path=path):
                guest = DEBIAN | stack | by_label[label].part | guests.files({path: routes[path]})

                self.assertEqual((Nics.ALL, "yes"), forecast(guest))
