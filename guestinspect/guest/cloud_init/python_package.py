"""The Python package of cloud-init in a guest: its version shows in its files, and distributions patch them.

The files are read as text and never imported. Source: cloud-init's git history, versions 0.7.5 to 26.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.cloud_init import startup

_LIBRARIES = ("/usr/local/lib", "/usr/local/lib64", "/usr/lib", "/usr/lib64")
"""The folders of libraries, in the order of Python's ``sys.path``."""
_PACKAGES = ("dist-packages", "site-packages")
_PYTHON = re.compile(r"python[0-9.]{1,6}", re.ASCII)
_INTERPRETER = re.compile(rb"#![^\n]{0,200}python(\d)", re.ASCII)
_SHEBANG_BYTES = 256

_LIMIT_BYTES = 256 * 1024
"""The longest module of cloud-init, ``util.py``, has 100 KiB."""
_STRING = re.compile(r"""["']([^"'\n]{1,200})["']""")
_COMMENT = re.compile(r"#[^\n]*")

_TOP_LEVEL = re.compile(r"^[A-Za-z_@]", re.MULTILINE)

_FALSE_BY_DEFAULT = re.compile(r"""["']apply_network_config["'],\s{0,80}False\b""")


@dataclass(frozen=True)
class PythonPackage:
    """The package ``cloudinit``.

    Args:
        tree: The guest's files.
        folder: The folder of the package: ``/usr/lib/python3/dist-packages/cloudinit``.
    """

    tree: Tree
    folder: str

    @classmethod
    def find(cls, tree: Tree) -> PythonPackage | None:
        """Return the package; None: it is in none of the usual folders.

        If there are several, the first line of the program names the version of Python.
        """
        folders = [folder for folder in _list_folders(tree) if tree.status(folder)]
        program = startup.find_program(tree)
        if len(folders) > 1 and program is not None:
            major = _INTERPRETER.match(tree.head(program, _SHEBANG_BYTES) or b"")
            of_program = [folder for folder in folders if major and f"/python{major[1].decode()}" in folder]
            folders = of_program or folders
        return cls(tree, folders[0]) if folders else None

    def path(self, module: str) -> str:
        """Return the path of a module: ``net/eni``."""
        return f"{self.folder}/{module}.py"

    def has_module(self, module: str) -> bool:
        """Return True if this version has a module."""
        return is_file(self.tree, self.path(module))

    def read(self, module: str) -> str | None:
        """Return the text of a module; None: this version does not have it."""
        content = self.tree.read(self.path(module), _LIMIT_BYTES)
        return None if content is None else content.decode("utf-8", "replace")

    @property
    def configures_network(self) -> bool:
        """Return True if this version configures the network; those before 0.7.7 have no package ``net``."""
        return bool(self.tree.names(f"{self.folder}/net"))

    @property
    def reads_config_drive(self) -> bool:
        """Return True if this version takes the network from a config drive. Since 0.7.7."""
        return "def network_config(" in self._read_source("DataSourceConfigDrive")

    @property
    def reads_metadata(self) -> bool:
        """Return True if this version asks the metadata service before the network is up. Since 18.3."""
        return "class DataSourceOpenStackLocal" in self._read_source("DataSourceOpenStack")

    @property
    def applies_metadata(self) -> bool:
        """Return True if ``apply_network_config`` is true by default.

        Source: ``openstack-no-network-config.patch`` of Ubuntu's packages for 16.04 and 18.04, which makes it false.
        """
        return _FALSE_BY_DEFAULT.search(self._read_source("DataSourceOpenStack")) is None

    def _read_source(self, name: str) -> str:
        """Return the text of a data source; empty if this package does not have it.

        Raises:
            Unreadable: The package has no data sources at all: it is incomplete.
        """
        if not self.tree.names(f"{self.folder}/sources"):
            raise Unreadable(self.folder, "it has no data sources")
        return self.read(f"sources/{name}") or ""


def strings_of(text: str, name: str) -> tuple[str, ...]:
    """Return the strings of the first list that a Python text assigns to a name; empty if there is none."""
    found = re.search(rf"\b{re.escape(name)}\s{{0,8}}=\s{{0,8}}[\[(]([^\])]{{0,4000}})[\])]", text)
    return tuple(_STRING.findall(_COMMENT.sub("", found[1]))) if found else ()


def function_of(text: str, name: str) -> str:
    """Return the text of a function at the top level of a Python module; empty if there is none.

    It ends before the next line that begins with a word.
    """
    found = re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE)
    if found is None:
        return ""
    end = _TOP_LEVEL.search(text, found.end())
    return text[found.start() : end.start() if end else None]


def _list_folders(tree: Tree) -> Iterator[str]:
    for library in _LIBRARIES:
        for name in reversed(tree.names(library)):
            if _PYTHON.fullmatch(name):
                yield from (f"{library}/{name}/{packages}/cloudinit" for packages in _PACKAGES)
