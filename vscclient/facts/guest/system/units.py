"""Which services a guest starts."""

from __future__ import annotations

from dataclasses import dataclass

from vscclient.facts.guest.tree import Tree
from vscclient.model.guest import Step


@dataclass(frozen=True)
class Enabled:
    """Whether a service is started at boot, and why: the link that wants it, or the mask."""

    yes: bool
    why: Step


class Units:
    """The services of a guest: of systemd, of System V's runlevels, or of OpenRC.

    Args:
        tree: Its files.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def starts(self, service: str) -> Enabled:
        """Whether it is started at boot.

        Args:
            service: Without its suffix: ``systemd-networkd``. Sockets, aliases, presets and generators are looked at.

        Raises:
            Unreadable: A folder that decides could not be read.
        """
        raise NotImplementedError
