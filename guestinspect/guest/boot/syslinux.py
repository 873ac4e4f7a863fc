"""The default entry of SYSLINUX and EXTLINUX; U-Boot reads the same file.

Source: https://wiki.syslinux.org/wiki/index.php?title=Config.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from posixpath import dirname

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, Parameters, split_parameters
from guestinspect.model.fact import Unknown

_FOLDERS = ("/boot/extlinux", "/boot/syslinux", "/boot", "/extlinux", "/syslinux", "/boot/efi/EFI/syslinux")
_NAMES = ("extlinux.conf", "syslinux.cfg")
_MOST_FILES = 16


def list_parameters(tree: Tree) -> Iterator[Parameters]:
    """Yield the parameters of each label that may be the default, of each configuration.

    Raises:
        Unknown: The default label does not exist, or files include each other.
    """
    for path in (f"{folder}/{name}" for folder in _FOLDERS for name in _NAMES):
        if is_file(tree, path):
            menu = _SyslinuxMenu(tree)
            menu.read(path)
            yield from menu.defaults(path)


@dataclass
class _SyslinuxMenu:
    """The menu that a configuration builds.

    Args:
        tree: The guest's files.
        appended: The parameters by label, in the order of the file.
        global_parameters: The parameters of an ``append`` before the first label; labels without one get them.
        default_labels: The labels that a line names as the default.
        label: The current label; empty before the first.
        files: The number of files that have been read.
    """

    tree: Tree
    appended: dict[str, Parameters] = field(default_factory=dict)
    global_parameters: Parameters | None = None
    default_labels: list[str] = field(default_factory=list)
    label: str = ""
    files: int = 0

    def read(self, path: str) -> None:
        """Execute a configuration.

        Raises:
            Unknown: It includes too many files, itself perhaps.
        """
        self.files += 1
        if self.files > _MOST_FILES:
            raise Unknown(f"{path} includes more than {_MOST_FILES} files")
        for number, text in lines(self.tree, path, LIMIT_BYTES):
            word, _, rest = text.strip().replace("\t", " ").partition(" ")
            self._execute(word.lower(), rest.strip(), f"{path}:{number}")

    def defaults(self, path: str) -> Iterator[Parameters]:
        """Yield the parameters of each label that may be the default; the first label if none is named."""
        if not self.default_labels and self.appended:
            self.default_labels.append(next(iter(self.appended)))
        for default in self.default_labels:
            name, _, more = default.partition(" ")
            if name.endswith(".c32"):  # a module that shows the menu
                continue
            if name not in self.appended:
                raise Unknown(f"{path} names {name[:80]!r} as its default, but has no such label")
            parameters = self.appended[name]
            yield replace(parameters, value=parameters.value + split_parameters(more))

    def _execute(self, word: str, rest: str, location: str) -> None:
        if word == "label":
            self.label = rest
            self.appended[rest] = self.global_parameters or Parameters((), location)
        elif word == "append":
            words = () if rest == "-" else split_parameters(rest)
            if self.label:
                self.appended[self.label] = replace(self.appended[self.label], value=words, location=location)
            else:
                self.global_parameters = Parameters(words, location)
        elif word in ("kernel", "linux") and self.label:
            self.appended[self.label] = replace(self.appended[self.label], kernel=rest)
        elif word == "initrd" and self.label:
            self.appended[self.label] = replace(self.appended[self.label], initrds=tuple(rest.split(",")))
        elif word in ("default", "ontimeout") and rest:
            self.default_labels.append(rest)
        elif word == "menu" and rest.lower() == "default" and self.label:
            self.default_labels.append(self.label)
        elif word == "include":
            name = rest.split(" ")[0]
            self.read(name if name.startswith("/") else f"{dirname(location)}/{name}")
