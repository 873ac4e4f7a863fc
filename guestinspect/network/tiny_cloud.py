"""The file for ifupdown that tiny-cloud writes in its boot phase, before the network is up.

Source: tiny-cloud 3.0.0 to 3.0.7: lib/tiny-cloud/init (``init__set_default_interfaces``), cloud/nocloud/init, mdev;
dist/openrc/tiny-cloud-boot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services.units import Units
from guestinspect.guest.tiny_cloud import TinyCloud
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.ifupdown.interfaces import INTERFACES

_SERVICE = "tiny-cloud-boot"
_ACTION = "set_default_interfaces"
_HOTPLUG = "vnic_eth_hotplug"
_KERNELS_NAME = re.compile(r"eth[0-9]{1,4}")
_LOOPBACK = "auto lo\niface lo inet loopback\n"


def write_interfaces(tree: Tree, units: Units, nics: Iterable[Nic]) -> tuple[dict[str, bytes], tuple[Step, ...]]:
    """Return the file that tiny-cloud writes, by its path, and the step; nothing if it writes none.

    It configures the first NIC that is connected, if the kernel named it.

    Raises:
        Unknown: Settings or a module for another cloud change what it does.
    """
    tiny_cloud = TinyCloud.find(tree)
    if tiny_cloud is None or tiny_cloud.is_finished or not units.starts(_SERVICE).is_started:
        return {}, ()
    if _HOTPLUG in tiny_cloud.setting("HOTPLUG_MODULES").split():
        raise Unknown(f"tiny-cloud configures NICs by its module {_HOTPLUG} ({tiny_cloud.config})")
    if is_file(tree, INTERFACES) or _ACTION not in tiny_cloud.read("init"):
        return {}, ()
    if _ACTION in tiny_cloud.setting("SKIP_INIT_ACTIONS").split():
        return {}, (Step(f"tiny-cloud does not write {INTERFACES}", tiny_cloud.config),)
    cloud = tiny_cloud.cloud
    # nocloud uses its own action, which calls the usual one: it has no data in this cloud
    changes = cloud != "nocloud" and "INIT_ACTIONS" in tiny_cloud.read(f"cloud/{cloud}/init")
    if changes or tiny_cloud.setting("INIT_ACTIONS_BOOT"):
        raise Unknown(f"the actions of tiny-cloud at boot are changed ({tiny_cloud.config})")
    first = next((nic.name for nic in nics if not nic.is_hotplugged and _KERNELS_NAME.fullmatch(nic.name)), None)
    text = _LOOPBACK if first is None else f"{_LOOPBACK}\nauto {first}\niface {first}\n\tuse dhcp\n"
    what = f"tiny-cloud writes {INTERFACES} for {first or 'no NIC'}, since that file does not exist"
    return {INTERFACES: text.encode()}, (Step(what, tiny_cloud.library),)
