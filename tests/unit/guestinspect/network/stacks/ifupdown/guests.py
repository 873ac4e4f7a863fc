"""Guests with ifupdown, of a few files."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine
from guestinspect.network.stacks.ifupdown import stack as ifupdown
from guestinspect.network.stacks.ifupdown.stack import Ifupdown
from tests import base
from tests.trees import MemoryTree

UNITS = "/usr/lib/systemd/system"
RULES = "/usr/lib/udev/rules.d"
INTERFACES = "/etc/network/interfaces"
BOOTS = {
    "/etc/machine-id": "",
    f"{UNITS}/networking.service": "[Service]\nExecStart=/sbin/ifup -a\n[Install]\nWantedBy=multi-user.target\n",
    f"{UNITS}/ifup@.service": "[Service]\nExecStart=/sbin/ifup --allow=hotplug %I\n",
}
ENABLED = {"/etc/systemd/system/multi-user.target.wants/networking.service": f"{UNITS}/networking.service"}
DEBIAN = BOOTS | {
    "/usr/sbin/ifup": "ELF",
    "/usr/sbin/dhclient": "ELF",
    f"{RULES}/80-ifupdown.rules": 'SUBSYSTEM=="net", ACTION=="add|remove", RUN+="ifupdown-hotplug"\n',
    INTERFACES: "source /etc/network/interfaces.d/*\n",
}
HELPER = """\
#!/bin/sh
cfgdir=/run/network/interfaces.d
if ifup --no-act "$INTERFACE" > /dev/null 2>&1; then exit; fi
sed -e "s/\\$INTERFACE/$INTERFACE/" < /etc/network/cloud-interfaces-template > "$cfgdir/$INTERFACE"
"""
CLOUD_DEBIAN = DEBIAN | {
    INTERFACES: "source-directory /etc/network/interfaces.d\nsource-directory /run/network/interfaces.d\n",
    "/etc/network/cloud-ifupdown-helper": HELPER,
    "/etc/network/cloud-interfaces-template": (
        "auto $INTERFACE\nallow-hotplug $INTERFACE\n\niface $INTERFACE inet dhcp\n\n"
        "iface $INTERFACE inet6 manual\n  try_dhcp 1\n"
    ),
    "/etc/udev/rules.d/75-cloud-ifupdown.rules": (
        'SUBSYSTEM=="net", ACTION=="add", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n'
    ),
}


def nics(names: str = "ens3 ens4 ens5 ens6") -> tuple[Nic, ...]:
    return tuple(
        Nic(number, name, (f"enp0s{number + 3}",), f"fa:16:3e:00:00:0{number}", f"pci-0000:00:0{number + 3}.0")
        for number, name in enumerate(names.split())
    )


def a_guest(
    interfaces: str | None = None,
    *,
    files: Mapping[str, str] = DEBIAN,
    links: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
    names: str = "ens3 ens4 ens5 ens6",
) -> Ifupdown | None:
    given_files = dict(files) | ({} if interfaces is None else {INTERFACES: interfaces}) | dict(more or {})
    tree = MemoryTree(given_files, links=ENABLED if links is None else links)
    return ifupdown.find_active(Machine(tree, Units(tree), nics(names), ()))


class IfupdownTest(base.BaseTestCase):
    def assert_up(self, expected: str, stack: Ifupdown | None) -> None:
        """Assert the names of the NICs that come up, the attached one included."""
        assert stack is not None
        up = [nic.name for nic in stack._machine.nics if stack.answer(nic).comes_up]

        self.assertEqual(expected.split(), up)

    def assert_unknown(self, stack: Ifupdown | None) -> None:
        assert stack is not None
        self.assertRaises(Unknown, stack.answer, nics()[0])
