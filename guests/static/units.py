"""The links that ``systemctl enable`` makes, on a machine without systemctl. Source: systemd.unit(5), "[Install]"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from guests.disks.files import host_path, make_link

_ADMINISTRATOR = "/etc/systemd/system"
_INSTALL = re.compile(r"^\[Install\]$(.*?)(?=^\[|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Units:
    """The units of a guest.

    Args:
        folder: The folder on this machine that holds the guest.
        packaged: The folder of packaged units: ``/lib/systemd/system`` up to Debian 12.
    """

    folder: Path
    packaged: str

    def enable(self, unit: str) -> None:
        """Make the links of the unit's ``[Install]``, and those of the units that ``Also=`` names."""
        waiting, done = [unit], set[str]()
        while waiting:
            name = waiting.pop()
            done.add(name)
            install = self._read_install(name)
            links = [
                *(f"{target}.wants/{name}" for target in install.get("WantedBy", ())),
                *(f"{target}.requires/{name}" for target in install.get("RequiredBy", ())),
                *install.get("Alias", ()),
            ]
            for path in links:
                make_link(self.folder, f"{_ADMINISTRATOR}/{path}", f"{self._find_folder(name)}/{name}")
            waiting += [other for other in install.get("Also", ()) if other not in done]

    def disable(self, unit: str) -> None:
        """Remove every link that enables the unit."""
        for path in list(host_path(self.folder, _ADMINISTRATOR).rglob("*")):
            if path.is_symlink() and path.readlink().name == unit:
                path.unlink()

    def mask(self, unit: str) -> None:
        """Link the unit to ``/dev/null``."""
        make_link(self.folder, f"{_ADMINISTRATOR}/{unit}", "/dev/null")

    def _find_folder(self, unit: str) -> str:
        own = host_path(self.folder, f"{_ADMINISTRATOR}/{unit}")
        return _ADMINISTRATOR if own.is_file() and not own.is_symlink() else self.packaged

    def _read_install(self, unit: str) -> dict[str, list[str]]:
        """Return the lists in the unit's ``[Install]`` by key; empty if there is no such unit."""
        file = host_path(self.folder, f"{self._find_folder(unit)}/{unit}")
        install: dict[str, list[str]] = {}
        for section in _INSTALL.findall(file.read_text(encoding="utf-8")) if file.exists() else ():
            for key, values in re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE):
                install.setdefault(key, []).extend(values.split())
        return install
