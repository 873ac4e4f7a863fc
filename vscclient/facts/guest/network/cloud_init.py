"""What cloud-init does about the network when an instance boots for the first time.

Source: cloud-init's stages.py (``_find_networking_config``, ``apply_network_config``), cmd/main.py, and its systemd
generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vscclient.facts.guest.network import cloud_config
from vscclient.facts.guest.network.cloud_config import CloudConfig, below
from vscclient.facts.guest.network.datasource import Found, Identified, identified, seeded_network
from vscclient.facts.guest.network.ini import in_folders
from vscclient.facts.guest.overlay import Overlay
from vscclient.facts.guest.system.init import Init
from vscclient.facts.guest.system.units import Units
from vscclient.facts.guest.tree import Tree, is_file
from vscclient.model.fact import Unknown
from vscclient.model.guest import Step

_PROGRAMS = ("/usr/bin/cloud-init", "/bin/cloud-init", "/usr/local/bin/cloud-init")
_GENERATOR = "cloud-init-generator"
_GENERATORS = tuple(
    f"{folder}/systemd/system-generators" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
_STARTED_BY_GENERATOR = "/run/systemd/generator.early/multi-user.target.wants/cloud-init.target"
_DISABLED = "/etc/cloud/cloud-init.disabled"
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
    """

    source: Source
    why: tuple[Step, ...] = ()
    config: CloudConfig | None = None
    network: Mapping[str, object] = field(default_factory=dict)
    rests_on: str = ""
    said_at: str = ""

    @property
    def watches_hotplug(self) -> str:
        """Where cloud-init is told to configure NICs that are attached later; empty: it is not."""
        if self.source is Source.NONE or self.config is None:
            return ""
        events = self.config.get("updates", "network", "when")
        is_told = isinstance(events, list) and "hotplug" in events
        return self.config.seen_at("updates", "network", "when") if is_told else ""


def plan(tree: Tree, command_line: tuple[str, ...]) -> Plan:
    """What cloud-init is going to do about the network.

    Raises:
        Unknown: It hangs on what another instance left, or on what the kernel is told.
    """
    if not any(tree.status(path) is not None for path in _PROGRAMS):
        return Plan(Source.NONE)
    stopped = _stopped(tree, command_line)
    if stopped is not None:
        return Plan(Source.NONE, (stopped,))
    config = cloud_config.load(tree)
    found = identified(tree, config, command_line)
    if found.found is Found.DISABLED:
        return Plan(Source.NONE, (found.why,))
    why_not = _not_started(tree, command_line)
    if why_not is not None:
        return Plan(Source.NONE, (why_not,))
    _must_be_fresh(tree, config, command_line)
    return _by_itself(tree, config, command_line) or _by_source(tree, config, found)


def fallback_of(found: Plan) -> Plan:
    """What it would do if the cloud's data source were not there."""
    return _fallback(found.config, ()) if found.config is not None else found


def _stopped(tree: Tree, command_line: tuple[str, ...]) -> Step | None:
    if is_file(tree, _DISABLED):
        return Step("cloud-init is disabled", _DISABLED)
    if any("cloud-init=disabled" in word for word in command_line):
        return Step("cloud-init is disabled by the kernel parameter cloud-init=disabled")
    return None


def _not_started(tree: Tree, command_line: tuple[str, ...]) -> Step | None:
    """What keeps its services from being started; None: they are."""
    has_generator = bool(in_folders(tree, _GENERATORS, _GENERATOR))
    units = Units(Overlay(tree, {_STARTED_BY_GENERATOR: b"[Unit]\n"}) if has_generator else tree, command_line)
    services = ["cloud-init-local"]
    if units.init is Init.SYSTEMD and _has_unit(tree, "cloud-init-main.service"):
        services.append("cloud-init-main")
    return next((state.why for state in map(units.starts, services) if not state.yes), None)


def _has_unit(tree: Tree, name: str) -> bool:
    return any(is_file(tree, f"{folder}/{name}") for folder in ("/usr/lib/systemd/system", "/lib/systemd/system"))


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
    seen_at = config.seen_at("network")
    if below(said, "config") == "disabled":
        return Plan(Source.NONE, (Step("cloud-init leaves the network alone", seen_at),))
    if not said:
        return None
    return _guests(config, said, Step("cloud-init is told what the network is", seen_at))


def _inner(said: object) -> object:
    """``network:`` may stand in itself once more."""
    inner = below(said, "network")
    return said if inner is None else inner


def _guests(config: CloudConfig, said: object, why: Step) -> Plan:
    if not isinstance(said, Mapping):
        raise Unknown(f"{why.seen_at} is no network configuration")
    return Plan(Source.GUEST, (why,), config, said, said_at=why.seen_at)


def _by_source(tree: Tree, config: CloudConfig, found: Identified) -> Plan:
    if found.found is Found.CLOUD:
        return Plan(Source.CLOUD, (found.why,), config, rests_on=found.rests_on)
    if found.found is Found.SEED:
        said, why = seeded_network(tree, found.seed)
        if below(said, "config") == "disabled":
            return Plan(Source.NONE, (found.why, why))
        if said:
            return _guests(config, _inner(said), why)
    return _fallback(config, (found.why,))


def _fallback(config: CloudConfig | None, why: tuple[Step, ...]) -> Plan:
    if config is not None and config.get("system_info", "disable_fallback_netcfg") is True:
        seen_at = config.seen_at("system_info", "disable_fallback_netcfg")
        return Plan(Source.NONE, (*why, Step("cloud-init has no fallback", seen_at)), config)
    return Plan(Source.FALLBACK, (*why, Step("cloud-init configures the first NIC only, by DHCP")), config)
