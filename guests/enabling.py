"""The links that ``systemctl enable`` makes, where there is no systemctl. Source: systemd.unit(5), "[Install]"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from guests.layer import inside, link

_ADMINISTRATOR = "/etc/systemd/system"
_INSTALL = re.compile(r"^\[Install\]$(.*?)(?=^\[|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Units:
    """The units of a guest.

    Args:
        folder: Where the guest is on the host.
        packaged: Where its packages have their units: ``/lib/systemd/system`` up to Debian 12.
    """

    folder: Path
    packaged: str

    def enable(self, unit: str) -> None:
        """Make the links that the unit's ``[Install]`` asks for, and those of the units that ``Also=`` names."""
        waiting, done = [unit], set[str]()
        while waiting:
            name = waiting.pop()
            done.add(name)
            asked = self._asked(name)
            for made in _links(name, asked):
                link(self.folder, f"{_ADMINISTRATOR}/{made}", f"{self._where(name)}/{name}")
            waiting += [other for other in asked.get("Also", ()) if other not in done]

    def disable(self, unit: str) -> None:
        """Remove every link that enables the unit."""
        for made in list(inside(self.folder, _ADMINISTRATOR).rglob("*")):
            if made.is_symlink() and made.readlink().name == unit:
                made.unlink()

    def mask(self, unit: str) -> None:
        """Link the unit to nothing."""
        link(self.folder, f"{_ADMINISTRATOR}/{unit}", "/dev/null")

    def _where(self, unit: str) -> str:
        own = inside(self.folder, f"{_ADMINISTRATOR}/{unit}")
        return _ADMINISTRATOR if own.is_file() and not own.is_symlink() else self.packaged

    def _asked(self, unit: str) -> dict[str, list[str]]:
        """The words of its ``[Install]``, and what they list; nothing if there is no such unit."""
        file = inside(self.folder, f"{self._where(unit)}/{unit}")
        asked: dict[str, list[str]] = {}
        for section in _INSTALL.findall(file.read_text(encoding="utf-8")) if file.exists() else ():
            for key, values in re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE):
                asked.setdefault(key, []).extend(values.split())
        return asked


def _links(unit: str, asked: dict[str, list[str]]) -> list[str]:
    wanted = [f"{target}.wants/{unit}" for target in asked.get("WantedBy", ())]
    required = [f"{target}.requires/{unit}" for target in asked.get("RequiredBy", ())]
    return [*wanted, *required, *asked.get("Alias", ())]
