"""Which data source cloud-init finds in an instance of this cloud, which is one of OpenStack.

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
_CONFIG_DRIVE_SEED = "/var/lib/cloud/seed/config_drive/openstack"
_OPENSTACK, _CONFIG_DRIVE, _NO_CLOUD = "OpenStack", "ConfigDrive", "NoCloud"
_BY_KERNEL = ("ds=", "ci.ds=", "ci.datasource=")
_DHCP_CLIENTS = ("dhclient", "dhcpcd", "udhcpc")
_FOLDERS = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")
_FALSE = frozenset({"false", "0", "no", "off"})


class SourceKind(StrEnum):
    """What cloud-init finds."""

    CLOUD = "cloud"
    SEED = "seed"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DataSource:
    """The data source that is found.

    Args:
        why: A step of the explanation.
        rests_on: What has to be so, for the cloud's.
        seed: The folder of the seed.
    """

    kind: SourceKind
    why: Step
    assumes: str = ""
    seed: str = ""


@dataclass(frozen=True)
class _Told:
    """What ds-identify is told: to look or not, and for what alone."""

    is_looking: bool
    is_off: bool
    runs_without: bool
    name: str
    location: str


def identify(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> DataSource:
    """The data source that cloud-init finds.

    Raises:
        Unknown: Which of several is found first hangs on the instance, or something of another one is left.
    """
    told = _told(tree, command_line)
    if told.name and told.name not in (_OPENSTACK, _CONFIG_DRIVE, "None"):
        raise Unknown(f"cloud-init is told to take the data source {told.name!r}, whatever there is")
    listed, location = _asked(tree, config, told)
    seed = _seed(tree, config, listed)
    if seed:
        return DataSource(SourceKind.SEED, Step("cloud-init takes the seed that is left in the guest", seed), seed=seed)
    nothing = DataSource(SourceKind.NOTHING, Step("cloud-init finds no data source here", location))
    return _of_cloud(tree, config, listed, location) or nothing


def find_identify_obstacle(tree: Tree, config: CloudConfig, command_line: tuple[str, ...]) -> Step | None:
    """Why ds-identify keeps cloud-init from being started; None: it does not.

    It does when it finds nothing, unless it is told of one source only, or is not asked to look first.

    Raises:
        Unknown: What it is told cannot be read as it reads it.
    """
    told = _told(tree, command_line)
    if told.is_off:
        return Step("ds-identify disables cloud-init", told.location)
    listed, location = _asked(tree, config, told)
    if listed is None or {_OPENSTACK, _CONFIG_DRIVE} & set(listed) or (_NO_CLOUD in listed and _seeds(tree, config)):
        return None
    is_single = len(listed) == 1 or (len(listed) == 2 and listed[1] == "None")
    if is_single or told.runs_without or not told.is_looking or not _identifier(tree):
        return None
    return Step("ds-identify finds no data source here and disables cloud-init", location)


def _of_cloud(tree: Tree, config: CloudConfig, listed: tuple[str, ...] | None, location: str) -> DataSource | None:
    asked = {_OPENSTACK, _CONFIG_DRIVE} if listed is None else {_OPENSTACK, _CONFIG_DRIVE} & set(listed)
    if _is_false(config.get("datasource", _OPENSTACK, "apply_network_config")):
        if asked == {_OPENSTACK, _CONFIG_DRIVE}:
            where = config.location("datasource", _OPENSTACK, "apply_network_config")
            raise Unknown(f"{where} makes the network hang on whether an instance has a config drive")
        asked -= {_OPENSTACK}
    if not asked:
        return None
    if _CONFIG_DRIVE in asked and tree.names(_CONFIG_DRIVE_SEED):
        raise Unknown(f"{_CONFIG_DRIVE_SEED} is the config drive of another instance")
    if config.get("datasource", _CONFIG_DRIVE, "dsmode") is not None:
        raise Unknown("cloud-init is told when to look at a config drive (dsmode)")
    why = Step(f"cloud-init looks for {' and '.join(sorted(asked))}", location)
    return DataSource(SourceKind.CLOUD, why, _rests_on(tree, asked))


def _rests_on(tree: Tree, asked: set[str]) -> str:
    """What has to be so. The metadata service can be asked about the network only with a DHCP client.

    Source: cloud-init's DataSourceOpenStackLocal, net/dhcp.py.
    """
    has_client = any(is_file(tree, f"{folder}/{client}") for folder in _FOLDERS for client in _DHCP_CLIENTS)
    if asked == {_OPENSTACK} and not has_client:
        raise Unknown("cloud-init can ask the cloud's metadata service only with a DHCP client, and finds none")
    if asked == {_OPENSTACK}:
        return "the cloud's metadata service lists every NIC"
    if asked == {_CONFIG_DRIVE} or not has_client:
        return "the instance has a config drive that lists every NIC"
    return EVERY_NIC


def _asked(tree: Tree, config: CloudConfig, told: _Told) -> tuple[tuple[str, ...] | None, str]:
    """The sources that are looked for, in their order, and where that stands; None: all."""
    return ((told.name, "None"), told.location) if told.name else _listed(tree, config)


def _listed(tree: Tree, config: CloudConfig) -> tuple[tuple[str, ...] | None, str]:
    """The sources that are looked for, in their order, and where that stands; None: all."""
    said = config.get("datasource_list")
    if said is None:
        return None, ""
    location = config.location("datasource_list")
    if not isinstance(said, list) or not all(isinstance(name, str) for name in said):
        raise Unknown(f"{location} is no list of data sources")
    if not said:
        raise Unknown(f"{location} is an empty list of data sources")
    names = tuple(said)
    if not _is_of_one_line(tree, location) and _identifier(tree) and not {_OPENSTACK, _CONFIG_DRIVE} & set(names):
        raise Unknown(f"ds-identify does not read the list of {location}, which is not of one line")
    return names, location


def _is_of_one_line(tree: Tree, location: str) -> bool:
    path, _, number = location.rpartition(":")
    return any(str(at) == number and "[" in line and "]" in line for at, line in lines(tree, path))


def _identifier(tree: Tree) -> bool:
    return any(is_file(tree, path) for path in _IDENTIFIERS)


def _seed(tree: Tree, config: CloudConfig, listed: tuple[str, ...] | None) -> str:
    """The folder of a NoCloud seed in the guest that is taken before what the cloud gives; empty: none is."""
    if listed is not None and _NO_CLOUD not in listed:
        return ""
    folder, said = next(iter(_seeds(tree, config)), ""), config.get("datasource", _NO_CLOUD)
    if not folder and not said:
        return ""
    clouds = [name for name in (_CONFIG_DRIVE, _OPENSTACK) if listed and name in listed]
    before = [listed is not None and listed.index(_NO_CLOUD) < listed.index(name) for name in clouds]
    if clouds and not any(before):
        return ""
    if said or listed is None or not all(before):
        raise Unknown(f"whether {folder} is taken hangs on what an instance has")
    return folder


def _seeds(tree: Tree, config: CloudConfig) -> list[str]:
    """The NoCloud seeds that are there: folders, and a word for what cloud-init is told itself."""
    folders = [folder for folder in _SEEDS if {"meta-data", "user-data"} <= set(tree.names(folder))]
    return [*folders, *(["the seed that cloud-init is told"] if config.get("datasource", _NO_CLOUD) else [])]


def _told(tree: Tree, command_line: tuple[str, ...]) -> _Told:
    said = _identifier_config(tree)
    policy, where = said.get("policy", ("", ""))
    name, location = said.get("datasource", ("", where))
    for word in command_line:
        if word.startswith(_BY_KERNEL):
            name, location = word.partition("=")[2].partition(";")[0], ""
        if word.startswith("ci.di.policy="):
            policy, where = word.partition("=")[2], ""
    tokens = policy.split(",")
    return _Told(
        is_looking="enabled" not in tokens,
        is_off="disabled" in tokens,
        runs_without="notfound=enabled" in tokens,
        name=name,
        location=location if name else where,
    )


def _identifier_config(tree: Tree) -> dict[str, tuple[str, str]]:
    """What ds-identify is told, each with its file and line."""
    said: dict[str, tuple[str, str]] = {}
    for number, line in lines(tree, _IDENTIFIER_CONFIG):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            said[key.strip()] = value.strip().strip("\"'"), f"{_IDENTIFIER_CONFIG}:{number}"
    return said


def _is_false(value: object) -> bool:
    return value is not None and str(value).strip().lower() in _FALSE


def read_seeded_network(tree: Tree, seed: str) -> tuple[object, Step]:
    """The network configuration of a seed, and where it is; None: it has none."""
    path = f"{seed}/network-config"
    return yaml_file.load(tree, path), Step("the seed has a network configuration", path)
