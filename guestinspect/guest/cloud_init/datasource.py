"""The data source that cloud-init finds in an instance of an OpenStack cloud.

Source: cloud-init's tools/ds-identify, and its sources/DataSource*.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.files import yaml_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

EVERY_NIC = "the cloud's data source lists every NIC"

_IDENTIFIERS = ("/usr/lib/cloud-init/ds-identify", "/usr/libexec/cloud-init/ds-identify")
_IDENTIFIER_CONFIG = "/etc/cloud/ds-identify.cfg"
_SEEDS = ("/var/lib/cloud/seed/nocloud", "/var/lib/cloud/seed/nocloud-net")
_INLINE_SEED = "the seed in cloud-init's configuration"
_CONFIG_DRIVE_SEED = "/var/lib/cloud/seed/config_drive/openstack"
_OPENSTACK, _CONFIG_DRIVE, _NO_CLOUD = "OpenStack", "ConfigDrive", "NoCloud"
_OF_THE_CLOUD = frozenset({_OPENSTACK, _CONFIG_DRIVE})
_SOURCE_PARAMETERS = ("ds=", "ci.ds=", "ci.datasource=")
_DHCP_CLIENTS = ("dhclient", "dhcpcd", "udhcpc")
_FOLDERS = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")
_FALSE = frozenset({"false", "0", "no", "off"})


class SourceKind(StrEnum):
    """The kind of data source."""

    CLOUD = "cloud"
    SEED = "seed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DataSource:
    """The data source that cloud-init finds.

    Args:
        kind: The kind of data source.
        why: The step of the explanation.
        assumes: For the cloud's data source: the assumption about the instance, in words.
        seed: The folder of the seed.
    """

    kind: SourceKind
    why: Step
    assumes: str = ""
    seed: str = ""


@dataclass(frozen=True)
class _IdentifySettings:
    """The settings of ds-identify, from its file and the kernel command line.

    Args:
        searches: Whether it searches for data sources, or lets cloud-init run in any case.
        is_disabled: Whether it disables cloud-init in any case.
        runs_without_source: Whether cloud-init runs even if it finds no data source.
        source: The only data source to use; empty: it is free to search.
        location: The line that sets the source or, without one, the policy.
    """

    searches: bool
    is_disabled: bool
    runs_without_source: bool
    source: str
    location: str


def identify(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> DataSource:
    """Return the data source that cloud-init finds.

    Raises:
        Unknown: The choice between several data sources depends on the instance, or on data of a previous instance.
    """
    settings = _read_settings(tree, command_line)
    if settings.source and settings.source not in (*_OF_THE_CLOUD, "None"):
        where = settings.location or "a kernel parameter"
        raise Unknown(f"cloud-init always uses the data source {settings.source!r} ({where}), which is not supported")
    listed, location = _list_sources(tree, config, settings)
    seed = _find_seed(tree, config, listed)
    if seed:
        return DataSource(SourceKind.SEED, Step("cloud-init uses the seed that is left in the guest", seed), seed=seed)
    nothing = DataSource(SourceKind.NOTHING, Step("cloud-init finds no data source in this cloud", location))
    return _find_cloud_source(tree, config, listed, location) or nothing


def find_identify_obstacle(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> Step | None:
    """Return the reason why ds-identify keeps cloud-init from starting; None: it does not.

    It disables cloud-init if it finds no data source. It does not search if only one data source is listed, or if its
    policy is ``enabled``.

    Raises:
        Unknown: Its configuration is written in a way that ds-identify does not read.
    """
    settings = _read_settings(tree, command_line)
    if settings.is_disabled:
        return Step("the policy of ds-identify disables cloud-init", settings.location)
    listed, location = _list_sources(tree, config, settings)
    if listed is None or _OF_THE_CLOUD & set(listed) or (_NO_CLOUD in listed and _list_seeds(tree, config)):
        return None
    # ds-identify takes the only source of a list without a check: its _main, «single entry in datasource_list»
    is_single = len(listed) == 1 or (len(listed) == 2 and listed[1] == "None")
    if is_single or settings.runs_without_source or not settings.searches or not _has_identify(tree):
        return None
    return Step("ds-identify finds no data source in this cloud and disables cloud-init", location)


def _find_cloud_source(
    tree: Tree, config: CloudConfig, listed: tuple[str, ...] | None, location: str
) -> DataSource | None:
    candidates = _OF_THE_CLOUD if listed is None else _OF_THE_CLOUD & set(listed)
    applies_network = config.get("datasource", _OPENSTACK, "apply_network_config")
    if applies_network is not None and str(applies_network).strip().lower() in _FALSE:
        # cloud-init uses the source nevertheless, but not its network: DataSourceOpenStack.network_config
        if candidates == _OF_THE_CLOUD:
            setting = config.location("datasource", _OPENSTACK, "apply_network_config")
            raise Unknown(f"{setting}: the network depends on whether the instance has a config drive")
        candidates -= {_OPENSTACK}
    if not candidates:
        return None
    if _CONFIG_DRIVE in candidates and tree.names(_CONFIG_DRIVE_SEED):
        raise Unknown(f"cloud-init may use {_CONFIG_DRIVE_SEED}, the config drive of an earlier instance")
    if config.get("datasource", _CONFIG_DRIVE, "dsmode") is not None:
        setting = config.location("datasource", _CONFIG_DRIVE, "dsmode")
        raise Unknown(f"{setting}: dsmode decides when cloud-init uses a config drive, which is not supported")
    why = Step(f"cloud-init looks for {' and '.join(sorted(candidates))}", location)
    return DataSource(SourceKind.CLOUD, why, _find_assumption(tree, candidates))


def _find_assumption(tree: Tree, candidates: frozenset[str]) -> str:
    """Return the assumption under which the cloud's data source describes the network.

    At the local stage, before the network is up, the metadata service can be asked only through a DHCP client that
    cloud-init starts itself. Source: cloud-init's DataSourceOpenStackLocal, net/dhcp.py.
    """
    has_client = any(is_file(tree, f"{folder}/{client}") for folder in _FOLDERS for client in _DHCP_CLIENTS)
    if candidates == {_OPENSTACK} and not has_client:
        raise Unknown("cloud-init needs a DHCP client to ask the cloud's metadata service, and the guest has none")
    if candidates == {_OPENSTACK}:
        return "the cloud's metadata service lists every NIC"
    if candidates == {_CONFIG_DRIVE} or not has_client:
        return "the instance has a config drive that lists every NIC"
    return EVERY_NIC


def _list_sources(tree: Tree, config: CloudConfig, settings: _IdentifySettings) -> tuple[tuple[str, ...] | None, str]:
    """Return the data sources that cloud-init searches, in their order, and where they are set; None: all."""
    if settings.source:
        return (settings.source, "None"), settings.location
    names = config.get("datasource_list")
    if names is None:
        return None, ""
    location = config.location("datasource_list")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unknown(f"{location} is not a list of data sources")
    if not names:
        raise Unknown(f"{location} is an empty list of data sources")
    # ds-identify is a shell script: it reads the list only if it stands on one line, and else takes its default
    if not _OF_THE_CLOUD & set(names) and _has_identify(tree):
        path, _, number = location.rpartition(":")
        if not any(str(at) == number and "[" in line and "]" in line for at, line in lines(tree, path)):
            raise Unknown(f"ds-identify does not read the list of {location}: it is not written on one line")
    return tuple(names), location


def _has_identify(tree: Tree) -> bool:
    return any(is_file(tree, path) for path in _IDENTIFIERS)


def _find_seed(tree: Tree, config: CloudConfig, listed: tuple[str, ...] | None) -> str:
    """Return the folder of the NoCloud seed that takes precedence over the cloud's data source; empty: none."""
    if listed is not None and _NO_CLOUD not in listed:
        return ""
    folder, inline = next(iter(_list_seeds(tree, config)), ""), config.get("datasource", _NO_CLOUD)
    if not folder and not inline:
        return ""
    clouds = [name for name in (_CONFIG_DRIVE, _OPENSTACK) if listed and name in listed]
    comes_first = [listed is not None and listed.index(_NO_CLOUD) < listed.index(name) for name in clouds]
    if clouds and not any(comes_first):
        return ""
    if inline or listed is None or not all(comes_first):
        seed = _INLINE_SEED if inline else folder
        raise Unknown(f"whether cloud-init uses {seed} or the cloud's data source depends on the instance")
    return folder


def _list_seeds(tree: Tree, config: CloudConfig) -> list[str]:
    """Return the NoCloud seeds: their folders, and a phrase for the seed in cloud-init's configuration."""
    folders = [folder for folder in _SEEDS if {"meta-data", "user-data"} <= set(tree.names(folder))]
    return [*folders, *([_INLINE_SEED] if config.get("datasource", _NO_CLOUD) else [])]


def _read_settings(tree: Tree, command_line: tuple[str, ...]) -> _IdentifySettings:
    """Return the settings of ds-identify; kernel parameters take precedence over its file."""
    values: dict[str, tuple[str, str]] = {}
    for number, line in lines(tree, _IDENTIFIER_CONFIG):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            values[key.strip()] = value.strip().strip("\"'"), f"{_IDENTIFIER_CONFIG}:{number}"
    # the last kernel parameter overrides the file; a «;» begins options of the data source: ds-identify, read_config
    policy, policy_location = values.get("policy", ("", ""))
    source, source_location = values.get("datasource", ("", policy_location))
    for word in command_line:
        if word.startswith(_SOURCE_PARAMETERS):
            source, source_location = word.partition("=")[2].partition(";")[0], ""
        if word.startswith("ci.di.policy="):
            policy, policy_location = word.partition("=")[2], ""
    tokens = policy.split(",")
    return _IdentifySettings(
        searches="enabled" not in tokens,
        is_disabled="disabled" in tokens,
        runs_without_source="notfound=enabled" in tokens,
        source=source,
        location=source_location if source else policy_location,
    )


def read_seeded_network(tree: Tree, seed: str) -> tuple[object, Step]:
    """Return the network configuration of a seed (None: it has none), and the step of the explanation."""
    path = f"{seed}/network-config"
    return yaml_file.load(tree, path), Step("the seed has a network configuration", path)
