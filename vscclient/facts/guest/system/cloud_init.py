"""cloud-init in a guest: whether it is there and runs, what it looks for, and what it does to the SSH host keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vscclient.facts.guest.network import cloud_config
from vscclient.facts.guest.network.cloud_config import CloudConfig
from vscclient.facts.guest.system.init import Init
from vscclient.facts.guest.system.units import Units
from vscclient.facts.guest.tree import Tree, is_file
from vscclient.model.fact import Fact, Unknown
from vscclient.model.guest import CloudInit, Step

_PROGRAMS = ("/usr/bin/cloud-init", "/usr/local/bin/cloud-init")
_LIBRARIES = ("/usr/lib", "/usr/local/lib", "/usr/lib64")
_PACKAGES = ("dist-packages", "site-packages")
_PYTHON = re.compile(r"python[0-9.]{1,6}", re.ASCII)

_VERSION_FILE = re.compile(r"""^(_PACKAGED_VERSION|__VERSION__)\s*=\s*["']([0-9][\w.~+-]{0,40})["']""", re.ASCII)
_METADATA_NAME = re.compile(r"cloud[_-]init-([0-9][0-9.]{0,20}?)(?:-py[0-9.]+)?\.(?:egg|dist)-info", re.ASCII)

_DISABLED_FILE = "/etc/cloud/cloud-init.disabled"
_DISABLED_PARAMETER = "cloud-init=disabled"
_IDENTIFY_FILE = "/etc/cloud/ds-identify.cfg"
_IDENTIFY_PARAMETER = "ci.di.policy=disabled"
_IDENTIFY_LINE = re.compile(r"\s*policy\s*:\s*[\"']?disabled\b", re.ASCII)

_GENERATOR = "cloud-init-generator"
_GENERATOR_FOLDERS = (
    "/etc/systemd/system-generators",
    "/usr/lib/systemd/system-generators",
    "/lib/systemd/system-generators",
)
_WANTED_BY_GENERATOR = "systemd.wants=cloud-init.target"
"""What the generator does, as a parameter of the kernel would do it."""

_KEY_STAGES = ("cloud-init-network", "cloud-init")
"""The service in which keys are put in place: its name since version 24.3, and before."""

_LIMIT_BYTES = 64 * 1024

_FALSE = ("false", "no", "off", "0", "none", "")


def cloud_init(tree: Tree, command_line: tuple[str, ...] | None) -> Fact[CloudInit | None]:
    """What there is of cloud-init; None: nothing.

    Args:
        command_line: The kernel's parameters; None: nobody knows them.

    Raises:
        Unknown: Whether it runs depends on what nobody knows, or could not be read.
    """
    package = next(_packages(tree), None)
    program = next((path for path in _PROGRAMS if is_file(tree, path)), None)
    if package is None and program is None:
        return Fact(None, "cloud-init is not installed")
    hindered = disabled_by(tree, command_line)
    config = cloud_config.load(tree)
    found = CloudInit(
        version=_version(tree, package) if package else "",
        datasources=_words(config.get("datasource_list")),
        disabled_by=(hindered.seen_at or hindered.what) if hindered else "",
        makes_host_keys=hindered is None and _makes_host_keys(config),
    )
    return Fact(found, hindered.seen_at if hindered else program or f"{package}/cloudinit")


def disabled_by(tree: Tree, command_line: tuple[str, ...] | None) -> Step | None:
    """What keeps cloud-init from running; None: nothing.

    Raises:
        Unknown: The kernel's parameters may, and nobody knows them.

    Source: cloud-init, "How to disable cloud-init", and its ``systemd/cloud-init-generator``, ``tools/ds-identify``.
    """
    if tree.status(_DISABLED_FILE):
        return Step("a file disables cloud-init", _DISABLED_FILE)
    for number, text in _lines(tree, _IDENTIFY_FILE):
        if _IDENTIFY_LINE.match(text):
            return Step("cloud-init's search for the cloud is disabled", f"{_IDENTIFY_FILE}:{number}")
    if command_line is None:
        raise Unknown("whether a parameter of the kernel disables cloud-init is not known")
    for parameter in (_DISABLED_PARAMETER, _IDENTIFY_PARAMETER):
        if parameter in command_line:
            return Step(f"the kernel's parameter {parameter} disables cloud-init")
    return _by_units(tree, command_line)


def _lines(tree: Tree, path: str) -> Iterator[tuple[int, str]]:
    content = tree.read(path, _LIMIT_BYTES) or b""
    return enumerate(content.decode("utf-8", "surrogateescape").splitlines(), 1)


def _by_units(tree: Tree, command_line: tuple[str, ...]) -> Step | None:
    """Its services may be masked, or not enabled; a generator starts the target that wants them."""
    units = Units(tree, command_line)
    if units.init is Init.SYSTEMD and _has_generator(tree):
        units = Units(tree, (*command_line, _WANTED_BY_GENERATOR))
    stages = [units.starts(stage) for stage in _KEY_STAGES]
    if any(stage.yes for stage in stages):
        return None
    return next((stage.why for stage in stages if stage.why.seen_at), Step("no service of cloud-init is enabled"))


def _has_generator(tree: Tree) -> bool:
    """The first of its name counts: an empty file, or a link to /dev/null, in /etc takes it away."""
    for folder in _GENERATOR_FOLDERS:
        if _GENERATOR in tree.names(folder):
            status = tree.status(f"{folder}/{_GENERATOR}")
            return is_file(tree, f"{folder}/{_GENERATOR}") and status is not None and status.size_bytes > 0
    return False


def _packages(tree: Tree) -> Iterator[str]:
    """The folders of Python packages that hold cloud-init."""
    for library in _LIBRARIES:
        pythons = [name for name in tree.names(library) if _PYTHON.fullmatch(name)]
        for folder in (f"{library}/{python}/{packages}" for python in pythons for packages in _PACKAGES):
            if tree.status(f"{folder}/cloudinit"):
                yield folder


def _version(tree: Tree, package: str) -> str:
    """As the distribution has written it into its module, or as its package is called; empty: neither says it."""
    found = (_VERSION_FILE.match(text) for _, text in _lines(tree, f"{package}/cloudinit/version.py"))
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
