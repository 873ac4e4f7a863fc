"""The settings of ds-identify, which searches for data sources before cloud-init starts.

Source: cloud-init's tools/ds-identify and systemd/cloud-init-generator, versions 17.1 to 26.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.cloud_init import startup
from guestinspect.guest.services.init_system import InitSystem, find_init_system

_SCRIPTS = ("/usr/lib/cloud-init/ds-identify", "/usr/libexec/cloud-init/ds-identify")
_CONFIG = "/etc/cloud/ds-identify.cfg"
_SOURCE_PARAMETERS = ("ds=", "ci.ds=", "ci.datasource=")
_POLICY_PARAMETER = "ci.di.policy="

_SCRIPT_BYTES = 256 * 1024
_MODES = ("search", "report", "enabled", "disabled")
_DEFAULT_POLICY = "search,found=all,maybe=all,notfound=disabled"
_POLICY_LINE = re.compile(r'^DI_DEFAULT_POLICY="([^"\n]{1,200})"', re.MULTILINE)
"""The line of the script that distributions patch: Ubuntu 16.04 has ``report,…,notfound=${DI_ENABLED}``.

Source: ``ds-identify-behavior-xenial.patch`` of Ubuntu's packages.
"""


@dataclass(frozen=True)
class IdentifySettings:
    """The settings of ds-identify: of the script, of its file and of the kernel command line.

    Args:
        mode: ``search``; ``report``: it searches, and cloud-init runs in any case; ``enabled``; ``disabled``.
        runs_without_source: Whether cloud-init runs even if it finds no data source.
        source: The only data source to use; empty: it is free to search.
        location: The line that sets the source or, without one, the policy.
    """

    mode: str
    runs_without_source: bool
    source: str
    location: str


def has_script(tree: Tree) -> bool:
    """Return True if the guest has ds-identify."""
    return any(is_file(tree, path) for path in _SCRIPTS)


def is_run(tree: Tree) -> bool:
    """Return True if the result of ds-identify counts: systemd runs it, by cloud-init's generator.

    OpenRC has a service that runs it, whose result no other service checks. Source: sysvinit/openrc.
    """
    return bool(startup.generate_links(tree)) and find_init_system(tree) is InitSystem.SYSTEMD


def read_settings(tree: Tree, command_line: tuple[str, ...]) -> IdentifySettings:
    """Return the settings of ds-identify; kernel parameters take precedence over its file."""
    values: dict[str, tuple[str, str]] = {}
    for number, line in lines(tree, _CONFIG):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            values[key.strip()] = value.strip().strip("\"'"), f"{_CONFIG}:{number}"
    # the last kernel parameter overrides the file; a «;» begins options of the data source: ds-identify, read_config
    policy, policy_location = values.get("policy", ("", ""))
    source, source_location = values.get("datasource", ("", policy_location))
    for word in command_line:
        if word.startswith(_SOURCE_PARAMETERS):
            source, source_location = word.partition("=")[2].partition(";")[0], ""
        if word.startswith(_POLICY_PARAMETER):
            policy, policy_location = word.partition("=")[2], ""
    # each setting that a policy omits keeps its default: ds-identify, parse_policy
    tokens = [*_read_default_policy(tree).split(","), *policy.split(",")]
    return IdentifySettings(
        mode=[token for token in tokens if token in _MODES][-1],
        runs_without_source=[token for token in tokens if token.startswith("notfound=")][-1] == "notfound=enabled",
        source=source,
        location=source_location if source else policy_location,
    )


def _read_default_policy(tree: Tree) -> str:
    """Return the default policy of the guest's script, behind that of upstream for settings that it omits."""
    path = next((path for path in _SCRIPTS if is_file(tree, path)), None)
    script = (tree.head(path, _SCRIPT_BYTES) or b"").decode("utf-8", "replace") if path else ""
    found = _POLICY_LINE.search(script)
    own = found[1].replace("${DI_DISABLED}", "disabled").replace("${DI_ENABLED}", "enabled") if found else ""
    return f"{_DEFAULT_POLICY},{own}"
