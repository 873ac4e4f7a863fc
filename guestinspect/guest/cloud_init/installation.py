"""cloud-init in a guest: whether it is there and runs, what it looks for, and what it does to the SSH host keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init import datasource, startup
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Fact
from guestinspect.model.guest import CloudInit, Step

_LIBRARIES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")
_PACKAGES = ("dist-packages", "site-packages")
_PYTHON = re.compile(r"python[0-9.]{1,6}", re.ASCII)

_VERSION_FILE = re.compile(r"""^(_PACKAGED_VERSION|__VERSION__)\s*=\s*["']([0-9][\w.~+-]{0,40})["']""", re.ASCII)
_METADATA_NAME = re.compile(r"cloud[_-]init-([0-9][0-9.]{0,20}?)(?:-py[0-9.]+)?\.(?:egg|dist)-info", re.ASCII)

_NEW_STAGE = "cloud-init-network"
_UNITS = ("/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system")

_LIMIT_BYTES = 64 * 1024

_FALSE = ("false", "no", "off", "0", "none", "")


def find_cloud_init(tree: Tree, command_line: tuple[str, ...] | None) -> Fact[CloudInit | None]:
    """What there is of cloud-init; None: nothing.

    Args:
        command_line: The kernel's parameters; None: nobody knows them.

    Raises:
        Unknown: Whether it runs depends on what nobody knows, or could not be read.
    """
    package = next(_packages(tree), None)
    program = next((path for path in startup.PROGRAMS if is_file(tree, path)), None)
    if package is None and program is None:
        return Fact(None, "cloud-init is not installed")
    config = cloud_config.load(tree)
    hindered = find_obstacle(tree, config, command_line)
    found = CloudInit(
        version=_version(tree, package) if package else "",
        datasources=_words(config.get("datasource_list")),
        disabled_by=(hindered.location or hindered.what) if hindered else "",
        makes_host_keys=hindered is None and _makes_host_keys(config),
    )
    return Fact(found, hindered.location if hindered else program or f"{package}/cloudinit")


def find_obstacle(tree: Tree, config: CloudConfig, command_line: tuple[str, ...] | None) -> Step | None:
    """What keeps cloud-init from running; None: nothing.

    Raises:
        Unknown: The kernel's parameters may, and nobody knows them; or what ds-identify is told cannot be read.
    """
    disabled = startup.find_off_switch(tree, command_line)
    if disabled is not None:
        return disabled
    given = command_line or ()
    return datasource.find_identify_obstacle(tree, config, given) or startup.find_service_obstacle(
        tree, given, [_key_stage(tree)]
    )


def _key_stage(tree: Tree) -> str:
    """The service in which keys are put in place: its name since version 24.3, and before."""
    units = Units(tree)
    is_new = units.init_system is InitSystem.SYSTEMD and any(
        is_file(tree, f"{folder}/{_NEW_STAGE}.service") for folder in _UNITS
    )
    return _NEW_STAGE if is_new else "cloud-init"


def _packages(tree: Tree) -> Iterator[str]:
    """The folders of Python packages that hold cloud-init."""
    for library in _LIBRARIES:
        pythons = [name for name in tree.names(library) if _PYTHON.fullmatch(name)]
        for folder in (f"{library}/{python}/{packages}" for python in pythons for packages in _PACKAGES):
            if tree.status(f"{folder}/cloudinit"):
                yield folder


def _version(tree: Tree, package: str) -> str:
    """As the distribution has written it into its module, or as its package is called; empty: neither says it."""
    found = (_VERSION_FILE.match(text) for _, text in lines(tree, f"{package}/cloudinit/version.py", _LIMIT_BYTES))
    said = {match[1]: match[2] for match in found if match}
    named = (_METADATA_NAME.fullmatch(name) for name in tree.names(package))
    by_name = next((match[1] for match in named if match), "")
    return said.get("_PACKAGED_VERSION") or by_name or said.get("__VERSION__", "")


def _words(said: object) -> tuple[str, ...]:
    """A list of names; one alone may stand there without a list."""
    listed = said if isinstance(said, list) else [said] if isinstance(said, str) else []
    return tuple(str(name)[:64] for name in listed[:32])


def _makes_host_keys(config: CloudConfig) -> bool:
    """Whether it removes the old ones: then it makes new ones, or the distribution's own service does.

    Source: cloud-init, ``cc_ssh.py``.
    """
    deletes = config.get("ssh_deletekeys")
    if deletes is not None and str(deletes).strip().lower() in _FALSE:
        return False
    modules = config.get("cloud_init_modules")
    listed = modules if isinstance(modules, list) else []
    return any(module == "ssh" or (isinstance(module, list) and module[:1] == ["ssh"]) for module in listed)
