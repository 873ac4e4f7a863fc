"""The files that cloud-init writes for the network of a new instance.

Source: cloud-init's stages.py (``apply_network_config``) and net/__init__.py (``wait_for_physdevs``).
"""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.network.cloud_init import renderers
from guestinspect.network.cloud_init.nic_config import NicConfig, list_configs
from guestinspect.network.cloud_init.package import Renderer
from guestinspect.network.cloud_init.plan import NetworkPlan, NetworkSource
from guestinspect.network.nic import Nic


class MissingNic(Exception):
    """The NIC of another machine, for which cloud-init waits before it gives up and configures none.

    Args:
        mac: The MAC address of that NIC.
    """

    def __init__(self, mac: str) -> None:
        super().__init__(mac)
        self.mac = mac


def render(
    plan: NetworkPlan, renderer: Renderer, nics: tuple[Nic, ...], details: renderers.Details
) -> dict[str, bytes]:
    """Return the files that cloud-init writes: content by path.

    Args:
        plan: The network that cloud-init configures.
        renderer: The renderer that it selects.
        nics: The NICs of the instance.
        details: What the files of this version and distribution look like.

    Raises:
        MissingNic: It writes nothing, because it waits for a NIC that is not there.
        Unknown: The files for this network configuration cannot be forecast.
    """
    at_boot = [nic for nic in nics if not nic.is_hotplugged]
    if plan.source is NetworkSource.CLOUD:
        configs = tuple(NicConfig(nic.name, nic.mac, has_dhcp=True) for nic in at_boot)
    elif plan.source is NetworkSource.FALLBACK:
        configs = (NicConfig(at_boot[0].name, at_boot[0].mac, has_dhcp=True),)
    else:
        configs = list_configs(plan)
    # cloud-init renames NICs by MAC address: it waits for each, and gives up if one is missing (wait_for_physdevs).
    own = {nic.mac for nic in nics}
    foreign = next((each.mac for each in configs if each.is_waited_for and each.mac not in own), None)
    if foreign is not None:
        raise MissingNic(foreign)
    if renderer is Renderer.NETPLAN and below(plan.network, "version") == 2:
        return {renderers.NETPLAN: renderers.dump_netplan(dict(plan.network)).encode()}
    _require_plain_nics(plan)
    return {path: text.encode() for path, text in _RENDER[renderer](configs, details)}


def _require_plain_nics(plan: NetworkPlan) -> None:
    """Raise Unknown for what only netplan can do: other renderers write files that are not forecast here.

    Raises:
        Unknown: NICs are matched by something else than a MAC address, or are parts of another interface.
    """
    if any(below(plan.network, kind) for kind in ("bonds", "bridges", "vlans")):
        raise Unknown(f"{plan.location} has bonds, bridges or VLANs, which are supported here for netplan only")
    ethernets = below(plan.network, "ethernets")
    for name, settings in ethernets.items() if isinstance(ethernets, Mapping) else ():
        match = below(settings, "match")
        if isinstance(match, Mapping) and "macaddress" not in match and match.get("name") != name:
            raise Unknown(f"{plan.location} matches NICs by patterns, which is supported here for netplan only")


_RENDER = {
    Renderer.ENI: renderers.render_eni,
    Renderer.NETPLAN: renderers.render_netplan,
    Renderer.NETWORKD: renderers.render_networkd,
    Renderer.SYSCONFIG: renderers.render_sysconfig,
    Renderer.NETWORK_MANAGER: renderers.render_network_manager,
}
