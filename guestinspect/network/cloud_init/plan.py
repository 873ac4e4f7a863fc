"""The network that cloud-init configures when an instance boots for the first time.

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
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.cloud_init.datasource import (
    MANUAL_CLEAN,
    SourceKind,
    find_identify_obstacle,
    find_obstacle_without_source,
    identify,
    read_seeded_network,
)
from guestinspect.guest.cloud_init.python_package import PythonPackage
from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_LOCAL_STAGE = "cloud-init-local"
"""The service that configures the network."""
_UPGRADED = "/var/lib/cloud/data/upgraded-network"
_CACHE = "/var/lib/cloud/instance/obj.pkl"
_PARAMETER = "network-config="
_NEW_VERSION = "cloud-init is version 18.3 or later"
"""The assumption about a cloud-init whose Python package was not found."""


class NetworkSource(StrEnum):
    """The source of the network configuration."""

    CLOUD = "cloud"
    GUEST = "guest"
    FALLBACK = "fallback"
    """DHCP on the first NIC."""
    NONE = "none"


@dataclass(frozen=True)
class NetworkPlan:
    """The network that cloud-init is going to configure.

    Args:
        source: The source of the network configuration.
        why: The steps that lead to it.
        config: The configuration of cloud-init; None if it does not run.
        network: The network configuration, for the source ``guest``.
        assumes: The condition of the plan, in words; empty if there is none.
        location: The location of the network configuration, for the source ``guest``.
        generated: The files of cloud-init's generator: by them its units start.
        has_hotplug: True if this version of cloud-init can configure NICs that are attached later.
        without_source: The reason why cloud-init does not run in an instance without a config drive, or why that
            cannot be forecast; None if it runs.
    """

    source: NetworkSource
    why: tuple[Step, ...] = ()
    config: CloudConfig | None = None
    network: Mapping[str, object] = field(default_factory=dict)
    assumes: str = ""
    location: str = ""
    generated: Mapping[str, bytes] = field(default_factory=dict)
    has_hotplug: bool = True
    without_source: Step | Unknown | None = None

    @property
    def hotplug_location(self) -> str:
        """Return the location of the setting that makes cloud-init configure NICs that are attached later, or empty."""
        if self.source is NetworkSource.NONE or self.config is None or not self.has_hotplug:
            return ""
        events = self.config.get("updates", "network", "when")
        is_set = isinstance(events, list) and "hotplug" in events
        return self.config.location("updates", "network", "when") if is_set else ""


def make_plan(tree: Tree, command_line: tuple[str, ...]) -> NetworkPlan:
    """Return the network that cloud-init is going to configure.

    Args:
        tree: The files of the guest.
        command_line: The kernel parameters.

    Raises:
        Unknown: It depends on the data of a previous instance, or on kernel parameters.
    """
    if startup.find_program(tree) is None:
        return NetworkPlan(NetworkSource.NONE)
    package = PythonPackage.find(tree)
    if package is not None and not package.configures_network:
        step = Step("this version of cloud-init does not configure the network", package.folder)
        return NetworkPlan(NetworkSource.NONE, (step,))
    disabled = startup.find_off_switch(tree, command_line)
    if disabled is not None:
        return NetworkPlan(NetworkSource.NONE, (disabled,))
    config = cloud_config.load(tree)
    obstacle = find_identify_obstacle(tree, config, command_line) or startup.find_service_obstacle(
        tree, command_line, [_LOCAL_STAGE]
    )
    if obstacle is not None:
        return NetworkPlan(NetworkSource.NONE, (obstacle,))
    _require_new_instance(tree, config, command_line)
    # The guest's own configuration takes precedence over the data source's. Source: stages.py, _find_networking_config.
    plan = _by_guest(tree, config, command_line) or _by_data_source(tree, config, command_line, package)
    without_source: Step | Unknown | None = None
    if plan.source is NetworkSource.CLOUD:
        try:
            without_source = find_obstacle_without_source(tree, config, command_line)
        except Unknown as unknown:
            without_source = unknown
    return replace(
        plan,
        generated=startup.generate_links(tree),
        has_hotplug=package is None or package.has_module("cmd/devel/hotplug_hook"),
        without_source=without_source,
    )


def fallback_of(plan: NetworkPlan) -> NetworkPlan:
    """Return the plan without the cloud's data source: of an instance without a config drive.

    Raises:
        Unknown: It cannot be forecast whether ds-identify then disables cloud-init.
    """
    if isinstance(plan.without_source, Unknown):
        raise plan.without_source
    if plan.without_source is not None:
        return NetworkPlan(NetworkSource.NONE, (plan.without_source,))
    if plan.config is None:
        return plan
    return replace(_fallback(plan.config, ()), generated=plan.generated)


def _require_new_instance(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> None:
    """Raise Unknown if cloud-init keeps a previous instance, or if kernel parameters configure it."""
    keeps = config.get("manual_cache_clean") not in (None, False) or is_file(tree, MANUAL_CLEAN)
    if keeps and is_file(tree, _CACHE):
        raise Unknown(f"cloud-init keeps the data of a previous instance ({_CACHE})")
    if any(word.startswith("cc:") for word in command_line):
        raise Unknown("the kernel parameter cc: configures cloud-init, which is not supported here")
    is_debian = any(name.startswith("initrd.img-") for name in tree.names("/boot"))
    if is_debian and any(word.startswith(("ip=", "ip6=")) for word in command_line):
        raise Unknown("the initramfs configures the network (ip=), and cloud-init adopts its configuration")


def _by_guest(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> NetworkPlan | None:
    """Return the network of the guest's own files, which take precedence over a data source; None if there is none."""
    if is_file(tree, _UPGRADED):
        return NetworkPlan(NetworkSource.NONE, (Step("cloud-init does not configure the network", _UPGRADED),))
    for word in command_line:
        if word == f"{_PARAMETER}disabled":
            step = Step(f"cloud-init does not configure the network because of the kernel parameter {word}")
            return NetworkPlan(NetworkSource.NONE, (step,))
        if word.startswith(_PARAMETER):
            raise Unknown(f"the kernel parameter {_PARAMETER} configures the network, which is not supported here")
    network = _unnested(config.get("network"))
    location = config.location("network")
    if below(network, "config") == "disabled":
        return NetworkPlan(NetworkSource.NONE, (Step("cloud-init does not configure the network", location),))
    if not network:
        return None
    return _of_configuration(config, network, Step("cloud-init uses the guest's own network configuration", location))


def _unnested(network: object) -> object:
    """Return the network configuration without a second ``network:`` around it, which cloud-init accepts."""
    inner = below(network, "network")
    return network if inner is None else inner


def _of_configuration(config: CloudConfig, network: object, why: Step) -> NetworkPlan:
    if not isinstance(network, Mapping):
        raise Unknown(f"{why.location}: the network configuration for cloud-init is not a mapping")
    if network.get("version") not in (1, 2):
        raise Unknown(f"{why.location}: the network configuration for cloud-init has no version, which is 1 or 2")
    return NetworkPlan(NetworkSource.GUEST, (why,), config, network, location=why.location)


def _by_data_source(
    tree: Tree, config: CloudConfig, command_line: tuple[str, ...], package: PythonPackage | None
) -> NetworkPlan:
    source = identify(tree, config, command_line, package)
    if source.kind is SourceKind.CLOUD:
        assumes = source.assumes if package is not None else f"{_NEW_VERSION}, and {source.assumes}"
        return NetworkPlan(NetworkSource.CLOUD, (source.why,), config, assumes=assumes)
    if source.kind is SourceKind.SEED:
        network, why = read_seeded_network(tree, source.seed)
        if below(network, "config") == "disabled":
            return NetworkPlan(NetworkSource.NONE, (source.why, why))
        if network:
            return _of_configuration(config, _unnested(network), why)
    return _fallback(config, (source.why,))


def _fallback(config: CloudConfig | None, why: tuple[Step, ...]) -> NetworkPlan:
    if config is not None and config.get("system_info", "disable_fallback_netcfg") is True:
        location = config.location("system_info", "disable_fallback_netcfg")
        return NetworkPlan(NetworkSource.NONE, (*why, Step("cloud-init has no fallback network", location)), config)
    return NetworkPlan(
        NetworkSource.FALLBACK, (*why, Step("cloud-init configures the first NIC only, by DHCP")), config
    )
