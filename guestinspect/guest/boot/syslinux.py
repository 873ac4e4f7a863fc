"""What SYSLINUX and its kin EXTLINUX boot by default; U-Boot reads the same file.

Source: https://wiki.syslinux.org/wiki/index.php?title=Config.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import dirname

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, Parameters, split_parameters
from guestinspect.model.fact import Fact, Unknown

_FOLDERS = ("/boot/extlinux", "/boot/syslinux", "/boot", "/extlinux", "/syslinux", "/boot/efi/EFI/syslinux")
_NAMES = ("extlinux.conf", "syslinux.cfg")
_MOST_FILES = 16


def parameters(tree: Tree) -> Iterator[Parameters]:
    """Those of each label that may be the default, of each configuration that is there.

    Raises:
        Unknown: The default is not there, or files include each other.
    """
    for path in (f"{folder}/{name}" for folder in _FOLDERS for name in _NAMES):
        if is_file(tree, path):
            menu = _SyslinuxMenu(tree)
            menu.read(path)
            yield from menu.defaults(path)


@dataclass
class _SyslinuxMenu:
    """Labels and what they append, in the order of the file."""

    tree: Tree
    appended: dict[str, Parameters] = field(default_factory=dict)
    everywhere: Parameters | None = None
    wanted: list[str] = field(default_factory=list)
    label: str = ""
    files: int = 0

    def read(self, path: str) -> None:
        """Do what a configuration says."""
        self.files += 1
        if self.files > _MOST_FILES:
            raise Unknown(f"{path} includes too many files")
        for number, text in lines(self.tree, path, LIMIT_BYTES):
            word, _, rest = text.strip().replace("\t", " ").partition(" ")
            self._do(word.lower(), rest.strip(), f"{path}:{number}")

    def defaults(self, path: str) -> Iterator[Parameters]:
        """The parameters of each label that may be the default: the first one if none is named."""
        if not self.wanted and self.appended:
            self.wanted.append(next(iter(self.appended)))
        for wanted in self.wanted:
            name, _, more = wanted.partition(" ")
            if name.endswith(".c32"):  # the menu itself
                continue
            if name not in self.appended:
                raise Unknown(f"{path} has no label {name[:80]!r}, its default")
            given = self.appended[name]
            yield Fact(given.value + split_parameters(more), given.location)

    def _do(self, word: str, rest: str, location: str) -> None:
        if word == "label":
            self.label = rest
            self.appended[rest] = self.everywhere or Fact((), location)
        elif word == "append":
            self._append(Fact(() if rest == "-" else split_parameters(rest), location))
        elif word in ("default", "ontimeout") and rest:
            self.wanted.append(rest)
        elif word == "menu" and rest.lower() == "default" and self.label:
            self.wanted.append(self.label)
        elif word == "include":
            self._include(rest.split(" ")[0], dirname(location))

    def _append(self, given: Parameters) -> None:
        if self.label:
            self.appended[self.label] = given
        else:
            self.everywhere = given

    def _include(self, name: str, folder: str) -> None:
        self.read(name if name.startswith("/") else f"{folder}/{name}")
