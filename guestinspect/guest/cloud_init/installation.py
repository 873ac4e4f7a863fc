"""cloud-init as it is installed: its version, its data sources, its start, and its handling of SSH host keys."""

from __future__ import annotations

import re
from posixpath import dirname

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init import datasource, startup
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.cloud_init.python_package import PythonPackage
from guestinspect.guest.services.init_system import InitSystem, find_init_system
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import CloudInit, Step

_VERSION_LINE = re.compile(
    r"""^(_PACKAGED_VERSION|__VERSION__)[ \t]*=[ \t]*["']([0-9][\w.~+-]{0,40})["']""", re.ASCII | re.MULTILINE
)
_METADATA_NAME = re.compile(r"cloud[_-]init-([0-9][0-9.]{0,20}?)(?:-py[0-9.]+)?\.(?:egg|dist)-info", re.ASCII)

_KEY_STAGE, _NEW_KEY_STAGE = "cloud-init", "cloud-init-network"
"""The service that installs SSH keys; cloud-init 24.3 renamed it."""
_UNITS = ("/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system")

_FALSE = ("false", "no", "off", "0", "none", "")


def find_cloud_init(tree: Tree, command_line: tuple[str, ...] | Unknown) -> Fact[CloudInit | None]:
    """Return the installed cloud-init; None: it is not installed.

    Args:
        tree: The guest's files.
        command_line: The kernel parameters, or the reason why they are unknown.

    Raises:
        Unknown: Its start depends on something that is unknown, or a file could not be read.
    """
    package, program = PythonPackage.find(tree), startup.find_program(tree)
    if package is None and program is None:
        return Fact(None, "cloud-init is not installed")
    config = cloud_config.load(tree)
    obstacle = _find_obstacle(tree, config, command_line)
    sources = config.get("datasource_list")
    listed = sources if isinstance(sources, list) else [sources] if isinstance(sources, str) else []
    found = CloudInit(
        version=_find_version(package) if package else "",
        datasources=tuple(str(name)[:64] for name in listed[:32]),
        disabled_by=(obstacle.location or obstacle.what) if obstacle else "",
        makes_host_keys=obstacle is None and _makes_host_keys(config),
    )
    installed = program or (package.folder if package else "")
    return Fact(found, obstacle.location if obstacle else installed)


def _find_obstacle(tree: Tree, config: CloudConfig, command_line: tuple[str, ...] | Unknown) -> Step | None:
    """Return the reason why cloud-init does not run; None: it runs.

    Raises:
        Unknown: The kernel parameters are unknown, or the configuration of ds-identify cannot be read.
    """
    off_switch = startup.find_off_switch(tree, command_line)
    if off_switch is not None:
        return off_switch
    parameters = () if isinstance(command_line, Unknown) else command_line
    obstacle = datasource.find_identify_obstacle(tree, config, parameters)
    if obstacle is not None:
        return obstacle
    has_systemd = find_init_system(tree) is InitSystem.SYSTEMD
    is_new = has_systemd and any(is_file(tree, f"{folder}/{_NEW_KEY_STAGE}.service") for folder in _UNITS)
    return startup.find_service_obstacle(tree, parameters, [_NEW_KEY_STAGE if is_new else _KEY_STAGE])


def _find_version(package: PythonPackage) -> str:
    """Return the version that the distribution wrote into the module, or that of the package; empty: neither."""
    constants = dict(_VERSION_LINE.findall(package.read("version") or ""))
    names = (_METADATA_NAME.fullmatch(name) for name in package.tree.names(dirname(package.folder)))
    by_name = next((match[1] for match in names if match), "")
    return constants.get("_PACKAGED_VERSION") or by_name or constants.get("__VERSION__", "")


def _makes_host_keys(config: CloudConfig) -> bool:
    """Return True if cloud-init removes the SSH host keys; it, or the distribution's service, then creates new ones.

    Source: cloud-init, ``cc_ssh.py``.
    """
    deletes = config.get("ssh_deletekeys")
    if deletes is not None and str(deletes).strip().lower() in _FALSE:
        return False
    modules = config.get("cloud_init_modules")
    listed = modules if isinstance(modules, list) else []
    return any(module == "ssh" or (isinstance(module, list) and module[:1] == ["ssh"]) for module in listed)
