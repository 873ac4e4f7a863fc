"""The data source that cloud-init finds in an instance of an OpenStack cloud.

Source: cloud-init's tools/ds-identify, and its sources/DataSource*.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.cloud_init import ds_identify
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.cloud_init.ds_identify import IdentifySettings
from guestinspect.guest.cloud_init.python_package import PythonPackage
from guestinspect.guest.files import yaml_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

EVERY_NIC = "the cloud's data source lists every NIC"

_SEED = "/var/lib/cloud/seed"
_SEEDS = ("/var/lib/cloud/seed/nocloud", "/var/lib/cloud/seed/nocloud-net")
MANUAL_CLEAN = "/var/lib/cloud/instance/manual-clean"
_INLINE_SEED = "the seed in cloud-init's configuration"
_CONFIG_DRIVE_SEED = "/var/lib/cloud/seed/config_drive/openstack"
_OPENSTACK, _CONFIG_DRIVE, _NO_CLOUD = "OpenStack", "ConfigDrive", "NoCloud"
_OF_THE_CLOUD = frozenset({_OPENSTACK, _CONFIG_DRIVE})
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


def identify(
    tree: Tree, config: CloudConfig, command_line: tuple[str, ...], package: PythonPackage | None
) -> DataSource:
    """Return the data source that cloud-init finds.

    Args:
        tree: The files of the guest.
        config: The configuration of cloud-init.
        command_line: The kernel parameters.
        package: The Python package of cloud-init; None: it was not found, and is taken for a new one.

    Raises:
        Unknown: The choice between several data sources depends on the instance, or on data of a previous instance.
    """
    settings = ds_identify.read_settings(tree, command_line)
    if settings.source and settings.source not in (*_OF_THE_CLOUD, "None"):
        where = settings.location or "a kernel parameter"
        raise Unknown(f"cloud-init always uses the data source {settings.source!r} ({where}), which is not supported")
    listed, location = _list_sources(tree, config, settings)
    seed = _find_seed(tree, config, listed)
    if seed:
        return DataSource(SourceKind.SEED, Step("cloud-init uses the seed that is left in the guest", seed), seed=seed)
    candidates = _OF_THE_CLOUD if listed is None else _OF_THE_CLOUD & set(listed)
    if not candidates:
        return DataSource(SourceKind.NOTHING, Step("cloud-init finds no data source in this cloud", location))
    candidates, obstacle = _omit_sources_without_network(candidates, config, package)
    if not candidates:
        return DataSource(SourceKind.NOTHING, obstacle)
    _require_cloud_source(tree, config, candidates)
    why = Step(f"cloud-init looks for {' and '.join(sorted(candidates))}", location)
    return DataSource(SourceKind.CLOUD, why, _find_assumption(tree, candidates))


def find_identify_obstacle(
    tree: Tree,
    config: CloudConfig,
    command_line: tuple[str, ...],
    present: frozenset[str] = _OF_THE_CLOUD,
) -> Step | None:
    """Return the reason why ds-identify keeps cloud-init from starting; None: it does not.

    It disables cloud-init if it finds no data source. It does not search if only one data source is listed, or if its
    policy is ``enabled``; with ``report``, cloud-init runs in any case.

    Args:
        tree: The files of the guest.
        config: The configuration of cloud-init.
        command_line: The kernel parameters.
        present: The data sources that it finds in the instance.

    Raises:
        Unknown: Its configuration is written in a way that ds-identify does not read, or it may find another source.
    """
    if not ds_identify.is_run(tree):
        return None
    settings = ds_identify.read_settings(tree, command_line)
    if settings.mode == "disabled":
        return Step("the policy of ds-identify disables cloud-init", settings.location)
    listed, location = _list_sources(tree, config, settings)
    if listed is None or present & set(listed) or (_NO_CLOUD in listed and _list_seeds(tree, config)):
        return None
    # ds-identify takes the only source of a list without a check: its _main, «single entry in datasource_list»
    is_single = len(listed) == 1 or (len(listed) == 2 and listed[1] == "None")
    if is_single or settings.runs_without_source or settings.mode != "search" or not ds_identify.has_script(tree):
        return None
    if is_file(tree, MANUAL_CLEAN):  # ds-identify, manual_clean_and_existing
        return None
    _require_no_other_source(tree, config, listed)
    return Step("ds-identify finds no data source in this cloud and disables cloud-init", location)


def find_obstacle_without_source(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> Step | None:
    """Return the reason why cloud-init does not start in an instance that has no config drive.

    The name of its machine, ``OpenStack Nova``, remains: by it ds-identify finds the data source OpenStack.
    Source: ds-identify, ``dscheck_OpenStack``.

    Raises:
        Unknown: The configuration is written in a way that ds-identify does not read.
    """
    return find_identify_obstacle(tree, config, command_line, frozenset({_OPENSTACK}))


def _require_no_other_source(tree: Tree, config: CloudConfig, listed: tuple[str, ...]) -> None:
    """Raise Unknown if ds-identify may find a data source of another cloud by the guest's own files.

    Source: ds-identify, ``dscheck_MAAS``, ``dscheck_Ec2`` and ``check_seed_dir``.
    """
    seeds = [name for name in tree.names(_SEED) if tree.names(f"{_SEED}/{name}")]
    if seeds:
        raise Unknown(f"ds-identify may find the data source of {_SEED}/{seeds[0]}")
    if "MAAS" in listed and config.get("datasource", "MAAS") is not None:
        raise Unknown(f"ds-identify may find the data source MAAS ({config.location('datasource', 'MAAS')})")
    strict = config.get("datasource", "Ec2", "strict_id")
    if "Ec2" in listed and strict is not None and str(strict).lower() != "true":
        raise Unknown(f"ds-identify may accept Ec2 ({config.location('datasource', 'Ec2', 'strict_id')})")


def _omit_sources_without_network(
    candidates: frozenset[str], config: CloudConfig, package: PythonPackage | None
) -> tuple[frozenset[str], Step]:
    """Return the sources from which this cloud-init takes the network, and the reason why it omits others.

    It uses the others nevertheless: for keys and user data. Source: DataSourceOpenStack and DataSourceConfigDrive,
    ``network_config``.
    """
    obstacle = Step("")
    if package is not None and _CONFIG_DRIVE in candidates and not package.reads_config_drive:
        candidates -= {_CONFIG_DRIVE}
        path = package.path(f"sources/DataSource{_CONFIG_DRIVE}")
        obstacle = Step("this version of cloud-init takes no network from a config drive", path)
    if package is not None and _OPENSTACK in candidates and not package.reads_metadata:
        path = package.path(f"sources/DataSource{_OPENSTACK}")
        return candidates - {_OPENSTACK}, Step(
            "this version of cloud-init takes no network from the metadata service", path
        )
    applies = config.get("datasource", _OPENSTACK, "apply_network_config")
    if _OPENSTACK not in candidates:
        return candidates, obstacle
    if applies is not None and str(applies).strip().lower() in _FALSE:
        location = config.location("datasource", _OPENSTACK, "apply_network_config")
        if _CONFIG_DRIVE in candidates:
            raise Unknown(f"{location}: the network depends on whether the instance has a config drive")
        return candidates - {_OPENSTACK}, Step("cloud-init ignores the network of the metadata service", location)
    if applies is None and package is not None and not package.applies_metadata:
        path = package.path(f"sources/DataSource{_OPENSTACK}")
        return candidates - {_OPENSTACK}, Step("this cloud-init ignores the network of the metadata service", path)
    return candidates, obstacle


def _require_cloud_source(tree: Tree, config: CloudConfig, candidates: frozenset[str]) -> None:
    """Raise Unknown if the use of a config drive depends on data of an earlier instance, or on a mode."""
    if _CONFIG_DRIVE in candidates and tree.names(_CONFIG_DRIVE_SEED):
        raise Unknown(f"cloud-init may use {_CONFIG_DRIVE_SEED}, the config drive of an earlier instance")
    if config.get("datasource", _CONFIG_DRIVE, "dsmode") is not None:
        setting = config.location("datasource", _CONFIG_DRIVE, "dsmode")
        raise Unknown(f"{setting}: dsmode decides when cloud-init uses a config drive, which is not supported")


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


def _list_sources(tree: Tree, config: CloudConfig, settings: IdentifySettings) -> tuple[tuple[str, ...] | None, str]:
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
    if not _OF_THE_CLOUD & set(names) and ds_identify.has_script(tree):
        path, _, number = location.rpartition(":")
        if not any(str(at) == number and "[" in line and "]" in line for at, line in lines(tree, path)):
            raise Unknown(f"ds-identify does not read the list of {location}: it is not written on one line")
    return tuple(names), location


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


def read_seeded_network(tree: Tree, seed: str) -> tuple[object, Step]:
    """Return the network configuration of a seed (None: it has none), and the step of the explanation."""
    path = f"{seed}/network-config"
    return yaml_file.load(tree, path), Step("the seed has a network configuration", path)
