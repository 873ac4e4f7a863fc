"""Programs that may configure a NIC although they belong to no network stack: scripts, crontabs, unknown services.

A NIC that a stack brings up stays up, whatever they do. For any other NIC, the outcome is unknown if one of them may
configure it. Those that only run at boot leave a NIC alone that is attached later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init import startup as cloud_init_startup
from guestinspect.guest.cloud_init.datasource import find_identify_obstacle
from guestinspect.guest.startup.cloud_init_commands import list_cloud_init_commands
from guestinspect.guest.startup.command import Effect, StartupCommand
from guestinspect.guest.startup.crontabs import list_cron_commands
from guestinspect.guest.startup.hooks import list_hook_commands
from guestinspect.guest.startup.init_scripts import list_script_commands
from guestinspect.guest.startup.local_scripts import list_local_commands
from guestinspect.guest.startup.scripts import ScriptReader
from guestinspect.guest.startup.systemd_services import list_service_commands
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine

_MOST_COMMANDS = 500
_STAGES = ("cloud-init-local", "cloud-init", "cloud-init-network", "cloud-final")
"""The services of cloud-init; each runs some of the commands."""


class StartupEffects:
    """The effects of the programs that a guest runs by itself.

    Args:
        machine: The instance.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def require_none(self, nic: Nic) -> None:
        """Raise Unknown if a program may configure this NIC."""
        for effect in self._effects:
            if isinstance(effect, Unknown):
                raise effect
            if effect.is_lasting or not nic.is_hotplugged:
                raise Unknown(f"{effect.what} may configure {nic.name} ({effect.location})")

    @cached_property
    def _effects(self) -> tuple[Effect | Unknown, ...]:
        """The effects in the order of a boot; an Unknown for those that could not be found."""
        tree, units = self._machine.tree, self._machine.units
        effects: list[Effect | Unknown] = []
        for find in (
            lambda: list_script_commands(tree, units),
            lambda: list_service_commands(tree, units.systemd) if units.systemd is not None else iter(()),
            lambda: list_local_commands(tree, units),
            self._list_cloud_init_commands,
            lambda: list_hook_commands(tree, units),
            lambda: list_cron_commands(tree, units),
        ):
            effects += self._read(find)
        return tuple(effects)

    def _read(self, find: Callable[[], Iterator[StartupCommand]]) -> Iterator[Effect | Unknown]:
        """Yield the effects of commands, and the reason why others are unknown."""
        try:
            for number, command in enumerate(find()):
                if number >= _MOST_COMMANDS:
                    raise Unknown(f"the guest runs more than {_MOST_COMMANDS} commands by itself ({command.location})")
                yield from ScriptReader(self._machine.tree).effects(command)
        except Unknown as unknown:
            yield unknown

    def _list_cloud_init_commands(self) -> Iterator[StartupCommand]:
        tree, command_line = self._machine.tree, self._machine.command_line
        if cloud_init_startup.find_program(tree) is None:
            return
        if cloud_init_startup.find_off_switch(tree, command_line) is not None:
            return
        config = cloud_config.load(tree)
        if find_identify_obstacle(tree, config, command_line) is not None:
            return
        obstacles = (cloud_init_startup.find_service_obstacle(tree, command_line, [stage]) for stage in _STAGES)
        if any(obstacle is None for obstacle in obstacles):
            yield from list_cloud_init_commands(tree, config)
