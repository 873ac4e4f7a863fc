"""A guest as a folder, and the effect of the commands of fixes on it.

virt-customize and virt-sysprep need a virtual machine. Here their options are done with the files of the folder, as
their manual pages say; a command line for the guest runs in a shell, with the paths of the guest below the folder.
Source: virt-customize(1), virt-sysprep(1).
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.trees import MemoryTree
from tests.unit.guestinspect.network.guests import Part

_IN_GUEST = re.compile(r"(?<![\w./=$-])/(?=(?:etc|lib|root|usr|var)/)")
"""The beginning of a path in a command line, but not in the text that the command writes (``ExecStart=/usr/…``)."""


class GuestFolder:
    """A guest below a folder.

    Args:
        root: An empty folder.
        guest: The files and links of the guest.
        packages: The files and links of packages that can be installed, by the name of the package.
    """

    def __init__(self, root: Path, guest: Part, packages: Mapping[str, Part] | None = None) -> None:
        self._root = root
        self._packages = packages or {}
        self._write(guest)

    def _write(self, guest: Part) -> None:
        for path, target in sorted(guest.links.items(), key=lambda link: link[0].count("/")):
            folder, _, name = path.rpartition("/")
            real = self._real(folder)
            real.mkdir(parents=True, exist_ok=True)
            (real / name).symlink_to(target)
        for path, content in guest.files.items():
            real = self._real(path)
            if path.endswith("/"):
                real.mkdir(parents=True, exist_ok=True)
                continue
            real.parent.mkdir(parents=True, exist_ok=True)
            real.write_text(content, encoding="utf-8")

    @property
    def tree(self) -> MemoryTree:
        """The guest, to be inspected."""
        files: dict[str, str | bytes] = {}
        links: dict[str, str] = {}
        for path in self._root.rglob("*"):
            inside = f"/{path.relative_to(self._root)}"
            if path.is_symlink():
                links[inside] = str(path.readlink())
            elif path.is_dir():
                files[f"{inside}/"] = ""
            else:
                files[inside] = path.read_bytes()
        return MemoryTree(files, links=links)

    def read(self, path: str) -> str | None:
        """Return the content of a file; None: it is not there."""
        real = self._real(path)
        return real.read_text(encoding="utf-8") if real.is_file() else None

    def run(self, line: str) -> None:
        """Run the commands of a fix.

        Raises:
            ValueError: The line has something that is not done here.
        """
        for words in _split_commands(line):
            program, *options = words
            if program == "virt-sysprep":
                self._prepare(options)
            elif program == "virt-customize" and options[:1] == ["-a"]:
                for option, value in zip(options[2::2], options[3::2], strict=True):
                    self._customize(option, value)
            else:
                raise ValueError(line)

    def _customize(self, option: str, value: str) -> None:
        if option == "--delete":
            self._delete(value)
        elif option == "--truncate":
            self._real(value).write_bytes(b"")
        elif option == "--password":
            self._lock(*value.rsplit(":", 1))
        elif option == "--edit":
            path, expression = value.split(":", 1)
            subprocess.run(["perl", "-i", "-pe", expression, str(self._real(path))], check=True)
        elif option == "--install":
            self._write(self._packages[value])
        elif option == "--run-command":
            command = _IN_GUEST.sub(f"{self._root}/", value)
            subprocess.run(["sh", "-ec", command], check=True)
        else:
            raise ValueError(option)

    def _prepare(self, options: list[str]) -> None:
        operation = options[options.index("--operations") + 1]
        if operation == "ssh-hostkeys":
            self._delete("/etc/ssh/ssh_host_*key*")
        elif operation == "machine-id":
            self._delete("/etc/machine-id")
            self._real("/etc/machine-id").write_bytes(b"")
        else:
            raise ValueError(operation)

    def _delete(self, pattern: str) -> None:
        for path in list(self._root.glob(pattern.lstrip("/"))):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _lock(self, user: str, how: str) -> None:
        if how != "disabled":
            raise ValueError(how)
        shadow = self._real("/etc/shadow")
        lines = (line.split(":") for line in shadow.read_text(encoding="utf-8").splitlines())
        locked = (":".join([name, "*" if name == user else password, *rest]) for name, password, *rest in lines)
        shadow.write_text("".join(f"{line}\n" for line in locked), encoding="utf-8")

    def _real(self, path: str) -> Path:
        """Return the path below the folder, where absolute links lead into the folder, too."""
        real = self._root
        rest = [part for part in path.split("/") if part][::-1]
        while rest:
            part = rest.pop()
            real = real.parent if part == ".." else real / part
            if real.is_symlink():
                target = str(real.readlink())
                rest += target.split("/")[::-1]
                real = self._root if target.startswith("/") else real.parent
        return real


def _split_commands(line: str) -> Iterator[list[str]]:
    """Yield the words of each command; words behind ``#`` are for people."""
    words = shlex.shlex(line, posix=True, punctuation_chars=";")
    words.whitespace_split = True
    command: list[str] = []
    for word in words:
        if word == ";":
            yield command
            command = []
        else:
            command.append(word)
    yield command
