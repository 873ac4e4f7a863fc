"""Guests with NetworkManager, of a few files."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.network.stack import Machine
from guestinspect.network.stacks.networkmanager import stack as networkmanager
from tests.unit.guestinspect.network.machines import DEBIAN_12, StackTest, a_machine

ETC = "/etc/NetworkManager"
PROFILES = f"{ETC}/system-connections"
DEBIAN_CONF = {f"{ETC}/NetworkManager.conf": "[main]\nplugins=ifupdown,keyfile\n\n[ifupdown]\nmanaged=false\n"}
SERVER = {"/usr/lib/NetworkManager/conf.d/00-server.conf": "[main]\nno-auto-default=*\nignore-carrier=*\n"}
UBUNTU_SERVER = {
    "/usr/lib/NetworkManager/conf.d/10-globally-managed-devices.conf": (
        "[keyfile]\nunmanaged-devices=*,except:type:wifi,except:type:gsm,except:type:cdma\n"
    )
}
ENS3 = "[connection]\nid=ens3\nuuid=aaaa-3\ntype=ethernet\ninterface-name=ens3\n\n[ipv4]\nmethod=auto\n"
ANY = "[connection]\nid=any\nuuid=aaaa-1\ntype=ethernet\n\n[ipv4]\nmethod=auto\n"


class NetworkManagerTest(StackTest):
    def machine(self, files: Mapping[str, str], names: str = "ens3 ens4 ens5 ens6") -> Machine:
        return a_machine({**DEBIAN_12, **DEBIAN_CONF, **files}, started="NetworkManager", names=names)

    def assert_nics(self, at_boot: str, later: str, files: Mapping[str, str]) -> None:
        machine = self.machine(files)
        self.assert_up(at_boot, later, networkmanager.find_active(machine), machine)
