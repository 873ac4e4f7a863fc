"""The commands of an image that cloud-init runs: ``bootcmd`` and ``runcmd`` of its configuration, and its folders.

Source: cloud-init's cc_bootcmd.py, cc_runcmd.py, cc_scripts_per_boot.py, cc_scripts_per_instance.py,
cc_scripts_per_once.py; subp.py, runparts. User data that sets the same keys replaces them; that is not foreseen.
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.tree import Tree
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.startup.command import StartupCommand
from guestinspect.guest.startup.local_scripts import is_executable

_SCRIPTS = "/var/lib/cloud/scripts"
_FOLDERS = ("per-boot", "per-instance", "per-once", "vendor")
_ONCE_DONE = ("/var/lib/cloud/sem/config_scripts_per_once.once", "/var/lib/cloud/sem/scripts_per_once.once")
_KEYS = ("bootcmd", "runcmd")
_MOST_COMMANDS = 200


def list_cloud_init_commands(tree: Tree, config: CloudConfig) -> Iterator[StartupCommand]:
    """Yield the commands of a cloud-init that runs.

    Args:
        tree: The guest's files.
        config: The configuration of cloud-init.

    Raises:
        Unreadable: A folder could not be read.
    """
    for key in _KEYS:
        commands = config.get(key)
        for command in commands[:_MOST_COMMANDS] if isinstance(commands, list) else [commands]:
            words = command if isinstance(command, list) else [command]
            text = " ".join(str(word) for word in words if word is not None)
            if text:
                yield StartupCommand(text, config.location(key))
    is_done = any(tree.status(path) is not None for path in _ONCE_DONE)
    for folder in _FOLDERS:
        if folder == "per-once" and is_done:
            continue
        for name in tree.names(f"{_SCRIPTS}/{folder}")[:_MOST_COMMANDS]:
            path = f"{_SCRIPTS}/{folder}/{name}"
            if is_executable(tree.status(path)):
                yield StartupCommand(path, path, program=path)
