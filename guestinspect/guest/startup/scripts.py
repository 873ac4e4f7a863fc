"""The effects of the programs that a command runs: scripts are read, and the scripts that they run in turn.

Source: execve(2), "Interpreter scripts"; sh(1). Nothing is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import basename, dirname

from guestinspect.disk.tree import Status, Tree, Type
from guestinspect.guest.services.known_services import is_harmless_service
from guestinspect.guest.startup.command import Effect, StartupCommand
from guestinspect.guest.startup.network_commands import find_effects

_SCRIPT_BYTES = 128 * 1024
"""Of a script that is read. The longest one of Debian's packages that starts at boot has 40 KiB."""
_HEAD_BYTES = 256
_MOST_SCRIPTS = 48
"""The number of scripts that one command may run, directly or not."""
_MOST_EFFECTS = 200

_PATH = re.compile(r"(?<![\w./$}-])/(?:[\w.+@-]{1,255}/){0,12}[\w.+@-]{1,255}")
_TEMPORARY = ("/dev/", "/proc/", "/sys/", "/run/", "/tmp/", "/var/run/", "/var/log/", "/var/tmp/")  # noqa: S108 - folders of the guest
_OF_PACKAGES = ("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/usr/lib/", "/lib/", "/usr/libexec/", "/usr/share/")
"""Folders of packages: a program there that a script calls is known by its name, if it configures NICs."""
_LOCAL_PROGRAMS = ("/usr/local/sbin", "/usr/local/bin")
"""The folders of local programs, which scripts call without a path."""
_NAME = re.compile(r"(?<![\w./$-])[A-Za-z][\w.-]{2,64}(?![\w/=])")
_INTERPRETER = re.compile(rb"#!\s{0,9}\S{0,200}?(?:/env\s{1,9}(?:-\S{1,9}\s{1,9})?)?([A-Za-z-]{2,20})[0-9.]{0,9}\s")
_SHELLS = frozenset(
    {b"sh", b"bash", b"dash", b"ash", b"ksh", b"zsh", b"openrc-run", b"runscript", b"rc-run", b"execlineb"}
)
_ENTRY_POINT = re.compile(
    r"sys\.exit\(\s{0,9}[\w.]{1,80}\(\)|load_entry_point|entry_points\(|-m\s{1,9}[A-Za-z_][\w.]{1,80}"
)
"""A script that only calls a package of Python, whose code is elsewhere. Source: the scripts that pip writes."""
_STANDARD_MODULES = re.compile(r"-m\s{1,9}(?:http\.server|json\.tool|compileall|venv|pip|site|timeit|this)\b")


@dataclass
class ScriptReader:
    """A reader of scripts; one for each question, as it counts what it reads.

    Args:
        tree: The guest's files.
    """

    tree: Tree
    _seen: set[str] = field(default_factory=set)

    def effects(self, command: StartupCommand) -> Iterator[Effect]:
        """Yield the effects of a command that a guest runs by itself.

        Raises:
            Unreadable: A script could not be read.
        """
        number = 0
        for number, effect in enumerate(self._effects(command), 1):
            if number > _MOST_EFFECTS:
                return
            yield Effect(effect.what, effect.location, effect.is_lasting or command.is_repeated)

    def _effects(self, command: StartupCommand) -> Iterator[Effect]:
        yield from find_effects(command.text, command.location, 0)
        if command.program:
            yield from self._program_effects(command.program, command.location, is_named=True)
        yield from self._called_effects(command.text, command.location)

    def _called_effects(self, text: str, location: str) -> Iterator[Effect]:
        """Yield the effects of the programs that a text names, by a path or by the name of a local program."""
        paths = dict.fromkeys(
            match[0]
            for line in text.split("\n")
            if not line.lstrip().startswith("#")
            for match in _PATH.finditer(line[:4096])
        )
        local = {name: f"{folder}/{name}" for folder in _LOCAL_PROGRAMS for name in self.tree.names(folder)}
        if local:
            paths |= {local[name]: None for name in _NAME.findall(text) if name in local}
        for path in paths:
            is_harmless = path.startswith(_OF_PACKAGES) and is_harmless_service(basename(path))
            if not is_harmless and not path.startswith(_TEMPORARY) and path not in self._seen:
                yield from self._program_effects(path, location, is_named=False)

    def _program_effects(self, path: str, location: str, *, is_named: bool) -> Iterator[Effect]:
        """Yield the effects of a program, or of a file that a script may run.

        Args:
            path: The path of the program.
            location: The location that names it.
            is_named: True if the program is certainly run.
        """
        self._seen.add(path)
        if any(find_effects(basename(path))):
            return  # a DHCP client, for instance: its arguments were checked
        status = self.tree.status(path)
        if status is None or status.type is not Type.FILE:
            if is_named:
                yield Effect(f"the program {path}", location, is_lasting=True)
            return
        if len(self._seen) > _MOST_SCRIPTS:
            yield Effect(f"{path}, after more than {_MOST_SCRIPTS} other scripts,", location, is_lasting=True)
            return
        head = self.tree.head(path, _HEAD_BYTES) or b""
        # systemd and cron cannot run a text without an interpreter: such a named program is not understood either
        is_machine_code = head.startswith(b"\x7fELF") or b"\0" in head  # elf(5)
        if is_machine_code or (is_named and not head.startswith(b"#!")):
            is_local = bool(status.mode & 0o111) and not path.startswith(_OF_PACKAGES)
            if is_named or (is_local and not is_harmless_service(basename(path))):
                yield Effect(f"the program {path}", location, is_lasting=True)
            return
        if is_named or head.startswith(b"#!") or status.mode & 0o111:
            yield from self._script_effects(path, status, head)

    def _script_effects(self, path: str, status: Status, head: bytes) -> Iterator[Effect]:
        if status.size_bytes > _SCRIPT_BYTES:
            yield Effect(f"{path}, which is too long to be read,", path, is_lasting=True)
            return
        text = (self.tree.read(path, _SCRIPT_BYTES) or b"").decode("utf-8", "surrogateescape")
        yield from find_effects(text, path)
        interpreter = _INTERPRETER.match(head + b"\n")
        is_shell = interpreter is None or interpreter[1] in _SHELLS
        code = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
        if _ENTRY_POINT.search(_STANDARD_MODULES.sub("", code)) and not is_harmless_service(basename(path)):
            yield Effect(f"the package of Python that {path} runs", path, is_lasting=True)
        if is_shell:
            yield from self._called_effects(text.replace("$(dirname $0)", dirname(path)), path)
