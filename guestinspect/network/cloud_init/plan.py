"""What cloud-init does about the network when an instance boots for the first time.

Source: cloud-init's stages.py (``_find_networking_config``, ``apply_network_config``), cmd/main.py, and its systemd
generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init import startup
from guestinspect.guest.cloud_init.configuration import CloudConfig, below
from guestinspect.guest.cloud_init.datasource import (
    DataSource,
    SourceKind,
    find_identify_obstacle,
    identify,
    read_seeded_network,
)
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_LOCAL_STAGE = "cloud-init-local"
"""The service that configures the network."""
_UPGRADED = "/var/lib/cloud/data/upgraded-network"
_CACHE = "/var/lib/cloud/instance/obj.pkl"
_MANUAL_CLEAN = "/var/lib/cloud/instance/manual-clean"
_BY_KERNEL = "network-config="


class Source(StrEnum):
    """Where the network configuration comes from."""

    CLOUD = "cloud"
    GUEST = "guest"
    FALLBACK = "fallback"
    """DHCP on the first NIC."""
    NONE = "none"


@dataclass(frozen=True)
class Plan:
    """What cloud-init is going to configure.

    Args:
        why: The steps that lead there.
        config: Its own configuration.
        network: For the source ``guest``: what is said of the network.
        rests_on: What has to be so, in words; empty: nothing.
        said_at: Where the network is described, for the source ``guest``.
        generated: What its generator writes: cloud-init runs, and with it what its units want.
    """

    source: Source
    why: tuple[Step, ...] = ()
    config: CloudConfig | None = None
    network: Mapping[str, object] = field(default_factory=dict)
    assumes: str = ""
    said_at: str = ""
    generated: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def watches_hotplug(self) -> str:
        """Where cloud-init is told to configure NICs that are attached later; empty: it is not."""
        if self.source is Source.NONE or self.config is None:
            return ""
        events = self.config.get("updates", "network", "when")
        is_told = isinstance(events, list) and "hotplug" in events
        return self.config.location("updates", "network", "when") if is_told else ""


def plan(tree: Tree, command_line: tuple[str, ...]) -> Plan:
    """What cloud-init is going to do about the network.

    Raises:
        Unknown: It hangs on what another instance left, or on what the kernel is told.
    """
    if not any(tree.status(path) is not None for path in startup.PROGRAMS):
        return Plan(Source.NONE)
    disabled = startup.find_off_switch(tree, command_line)
    if disabled is not None:
        return Plan(Source.NONE, (disabled,))
    config = cloud_config.load(tree)
    why_not = find_identify_obstacle(tree, config, command_line) or startup.find_service_obstacle(
        tree, command_line, [_LOCAL_STAGE]
    )
    if why_not is not None:
        return Plan(Source.NONE, (why_not,))
    _must_be_fresh(tree, config, command_line)
    said = _by_itself(tree, config, command_line)
    found = said or _by_source(tree, config, identify(tree, config, command_line))
    return replace(found, generated=startup.generate_links(tree))


def fallback_of(found: Plan) -> Plan:
    """What it would do if the cloud's data source were not there."""
    return replace(_fallback(found.config, ()), generated=found.generated) if found.config is not None else found


def _must_be_fresh(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> None:
    """It takes an instance for a new one, and all its settings are known."""
    keeps = config.get("manual_cache_clean") not in (None, False) or is_file(tree, _MANUAL_CLEAN)
    if keeps and is_file(tree, _CACHE):
        raise Unknown(f"cloud-init keeps to the instance that it knows ({_CACHE})")
    if any(word.startswith("cc:") for word in command_line):
        raise Unknown("the kernel's parameters have settings of cloud-init (cc:)")
    is_debians = any(name.startswith("initrd.img-") for name in tree.names("/boot"))
    if is_debians and any(word.startswith(("ip=", "ip6=")) for word in command_line):
        raise Unknown("the initramfs configures the network, and cloud-init takes that over (ip=)")


def _by_itself(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> Plan | None:
    """What the guest itself says of the network, which goes before the data source; None: nothing."""
    if is_file(tree, _UPGRADED):
        return Plan(Source.NONE, (Step("cloud-init leaves the network alone", _UPGRADED),))
    for word in command_line:
        if word == f"{_BY_KERNEL}disabled":
            return Plan(Source.NONE, (Step("cloud-init leaves the network alone, by a kernel parameter"),))
        if word.startswith(_BY_KERNEL):
            raise Unknown("the kernel's parameters have a network configuration for cloud-init")
    said = _inner(config.get("network"))
    location = config.location("network")
    if below(said, "config") == "disabled":
        return Plan(Source.NONE, (Step("cloud-init leaves the network alone", location),))
    if not said:
        return None
    return _guests(config, said, Step("cloud-init is told what the network is", location))


def _inner(said: object) -> object:
    """``network:`` may stand in itself once more."""
    inner = below(said, "network")
    return said if inner is None else inner


def _guests(config: CloudConfig, said: object, why: Step) -> Plan:
    if not isinstance(said, Mapping):
        raise Unknown(f"{why.location} is no network configuration")
    if said.get("version") not in (1, 2):
        raise Unknown(f"{why.location} does not say in which version it describes the network")
    return Plan(Source.GUEST, (why,), config, said, said_at=why.location)


def _by_source(tree: Tree, config: CloudConfig, found: DataSource) -> Plan:
    if found.kind is SourceKind.CLOUD:
        return Plan(Source.CLOUD, (found.why,), config, assumes=found.assumes)
    if found.kind is SourceKind.SEED:
        said, why = read_seeded_network(tree, found.seed)
        if below(said, "config") == "disabled":
            return Plan(Source.NONE, (found.why, why))
        if said:
            return _guests(config, _inner(said), why)
    return _fallback(config, (found.why,))


def _fallback(config: CloudConfig | None, why: tuple[Step, ...]) -> Plan:
    if config is not None and config.get("system_info", "disable_fallback_netcfg") is True:
        location = config.location("system_info", "disable_fallback_netcfg")
        return Plan(Source.NONE, (*why, Step("cloud-init has no fallback", location)), config)
    return Plan(Source.FALLBACK, (*why, Step("cloud-init configures the first NIC only, by DHCP")), config)
