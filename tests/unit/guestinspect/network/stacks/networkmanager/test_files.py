"""Any content of NetworkManager's files gets an answer."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.model.fact import Unknown
from guestinspect.network.stacks.networkmanager import stack as networkmanager
from tests.unit.guestinspect.network.machines import DEBIAN_12, ROCKY_9, StackTest, a_machine

LINES = st.sampled_from(
    (
        *(
            "[main]",
            "[device]",
            "[device-a]",
            "[keyfile]",
            "[connection]",
            "[ipv4]",
            "[match]",
            "[ethernet]",
            "[.config]",
        ),
        *(
            "plugins=ifupdown,ifcfg-rh",
            "no-auto-default+=*",
            "unmanaged-devices-=*",
            "match-device=except:*",
            "managed=0",
        ),
        *(
            "enable=env:x",
            "type=ethernet",
            "uuid=1",
            "method=manual",
            "address1=1.2.3.4/24",
            "interface-name=|!&en*;\\",
        ),
        *(
            "mac-address=fa:16:3e:00:00:01",
            "multi-connect=3",
            "autoconnect-priority=-1",
            "autoconnect=no",
            "=",
            "a",
            "+=",
        ),
        *(
            "source interfaces",
            "source *",
            "iface ens3 inet dhcp",
            "mapping",
            "iface br0 inet dhcp",
            "bridge_ports all a",
        ),
        *("DEVICE=ens3", "HWADDR='", "BOOTPROTO=dhcp", "NM_CONTROLLED=no", "UUID=1", "TYPE=Ethernet", "ONBOOT=$(id)"),
    )
)
CONTENT = st.lists(LINES, max_size=12).map("\n".join) | st.text(max_size=80)
PATHS = (
    "/etc/NetworkManager/NetworkManager.conf",
    "/etc/NetworkManager/conf.d/10.conf",
    "/etc/NetworkManager/system-connections/a",
    "/etc/NetworkManager/system-connections/b.nmconnection",
    "/etc/network/interfaces",
    "/etc/sysconfig/network-scripts/ifcfg-a",
    "/etc/sysconfig/network-scripts/ifcfg-b",
    "/var/lib/NetworkManager/timestamps",
    "/var/lib/NetworkManager/no-auto-default.state",
    "/var/lib/NetworkManager/NetworkManager.state",
    "/etc/udev/rules.d/90.rules",
)


class TestAnyFiles(StackTest):
    @given(st.dictionaries(st.sampled_from(PATHS), CONTENT), st.sampled_from((DEBIAN_12, ROCKY_9)))
    @settings(deadline=None)
    def test_any_files_get_an_answer(self, files: dict[str, str], release: dict[str, str]) -> None:
        machine = a_machine({**release, **files}, started="NetworkManager")
        stack = networkmanager.find_active(machine)
        assert stack is not None

        for nic in machine.nics:
            with suppress(Unknown):
                stack.answer(nic)
        with suppress(Unknown):
            stack.pins()
