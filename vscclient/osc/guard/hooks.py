"""Hooks of the standard commands: a line in their help, and the guard, which is off unless the user switches it on.

Source: cliff, ``cliff.hooks``; the group of a command's hooks is ``openstack.cli.`` and its words with underscores.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import Any, ClassVar

from cliff.hooks import CommandHook

VARIABLE = "VSCCLIENT_GUARD"
SECTION = "vscclient"
"""The section of clouds.yaml, for all clouds or in the entry of one."""

OFF, WARN, ENFORCE = "off", "warn", "enforce"


class GuardHook(CommandHook):
    """The base of the hooks.

    A subclass has the words of the standard command and of our own, and what ours does better.
    """

    standard: ClassVar[str]
    counterpart: ClassVar[str]
    advantage: ClassVar[str]

    def get_parser(self, parser: ArgumentParser) -> ArgumentParser:
        """Add no option."""
        return parser

    def get_epilog(self) -> str:
        """Return the line that names our own command."""
        return f"On the VSC cloud, 'openstack vsc image {self.counterpart}' {self.advantage}."

    def before(self, parsed_args: Namespace) -> Namespace:
        """Check what the command is about to do, if the guard is on; end the command if the policy refuses it."""
        mode, place = _mode(self.cmd.app)
        if mode != OFF:
            from vscclient.osc.guard.guard import Guard

            words = f"image {self.standard}".split()
            Guard(self.cmd.app, self.counterpart, words, place, is_enforcing=mode == ENFORCE).check(parsed_args)
        return parsed_args

    def after(self, _parsed_args: Namespace, return_code: int) -> int:
        """Do nothing."""
        return return_code


class CreateHook(GuardHook):
    """``openstack image create``."""

    standard = "create"
    counterpart = "create"
    advantage = "checks the file first, and verifies the upload"


class SetHook(GuardHook):
    """``openstack image set``."""

    standard = "set"
    counterpart = "set"
    advantage = "checks the change first, and names the people who lose access"


class AddProjectHook(GuardHook):
    """``openstack image add project``."""

    standard = "add project"
    counterpart = "share"
    advantage = "accepts the names of your projects, and checks the image first"


class DeleteHook(GuardHook):
    """``openstack image delete``."""

    standard = "delete"
    counterpart = "delete"
    advantage = "names the people who use the image, and asks"


def _mode(app: Any) -> tuple[str, str]:
    """Return the mode, and the setting that chooses it: the environment, else clouds.yaml (one cloud, then all).

    Another word ends the command: a typo must not switch the guard off.
    """
    mode, place = os.environ.get(VARIABLE), VARIABLE
    if not mode:
        mode, place = _configured(app)
    if mode not in (OFF, WARN, ENFORCE):
        app.stderr.write(f"{place} is {mode!r}; possible values: {OFF}, {WARN}, {ENFORCE}\n")
        raise SystemExit(2)
    return mode, place


def _configured(app: Any) -> tuple[str, str]:
    own = getattr(getattr(app, "cloud", None), "config", None) or {}
    everywhere = getattr(getattr(app, "cloud_config", None), "cloud_config", None) or {}
    for section, of in ((own.get(SECTION), "your cloud"), (everywhere.get(SECTION), "all clouds")):
        if isinstance(section, dict) and "guard" in section:
            # YAML reads the word off as false
            mode = OFF if section["guard"] is False else str(section["guard"])
            return mode, f"vscclient: guard in clouds.yaml (for {of})"
    return OFF, ""
