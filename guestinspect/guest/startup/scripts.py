"""The effects of the programs that a command runs: scripts are read, and the scripts that they run in turn.

Source: execve(2), "Interpreter scripts"; sh(1). Nothing is executed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import basename, dirname

from guestinspect.disk.tree import Status, Tree, Type
from guestinspect.guest.services.commands import has_all_files
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
    {b"sh", b"bash", b"dash", b"ash", b"ksh", b"zsh", b"openrc-run", b"runscript", b"rc-run", b"execlineb", b"run"}
)
_PYTHON_IMPORT = re.compile(
    r"^[ \t]{0,99}(?:from[ \t]{1,9}([\w.]{1,99})[ \t]{1,9}import\b|import[ \t]{1,9}([\w., \t]{1,200}))", re.M
)
_PERL_MODULE = re.compile(r"^[ \t]{0,99}(?:use|require)[ \t]{1,9}([A-Z][\w:]{1,99})", re.M)
_PERL_STANDARD = frozenset(
    """POSIX Getopt::Long Getopt::Std File::Basename File::Spec File::Path File::Temp File::Copy Data::Dumper Carp
    Time::Local Time::HiRes Cwd Fcntl Sys::Hostname Sys::Syslog Text::Wrap List::Util Scalar::Util IO::File
    IO::Handle Encode Socket IO::Socket Storable Digest::MD5 Digest::SHA MIME::Base64 Env English""".split()
)
_MODULE = re.compile(r"python[0-9.]{0,9}[ \t]{1,9}(?:-[A-Za-z]{1,9}[ \t]{1,9}){0,9}-m[ \t]{1,9}([A-Za-z_][\w.]{0,99})")
_RUN = re.compile(
    r"(?:^|[\s;&|({'\"])(?:\.|source|exec|nohup|(?:ba|da|a|k|z)?sh|python[0-9.]{0,9}|perl|ruby|node)\s{1,9}"
    r"(?:-\S{1,20}\s{1,9}){0,4}['\"]?(/[\w./+@-]{1,500})"
)
"""A file that a script certainly runs or reads as a script, whatever its mode."""
_LIBRARIES = frozenset({"/etc/init.d/functions", "/etc/rc.d/init.d/functions", "/etc/rc.status", "/etc/rc.conf"})
"""Libraries of the distributions' own init scripts."""
_FOLDER = re.compile(
    r"\brun-parts\s{1,9}(?:-\S{1,40}\s{1,9}){0,6}(/[\w./+@-]{1,500})|\bin\s{1,9}['\"]?(/[\w./+@-]{1,500})/\*"
)
"""A folder of which a script runs the files."""
_FOLDERS_OF_CRON = ("/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly")


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
        if command.is_opaque:
            yield Effect(f"the program {command.text}", command.location, is_lasting=True)
            return
        yield from find_effects(command.text, command.location, 0)
        yield from _find_modules(command.text, command.location)
        if command.program:
            yield from self._program_effects(command.program, command.location, is_named=True)
        yield from self._called_effects(command.text, command.location)

    def _called_effects(self, text: str, location: str) -> Iterator[Effect]:
        """Yield the effects of the programs that a text names, by a path or by the name of a local program."""
        code = "\n".join(line[:4096] for line in text.split("\n") if not line.lstrip().startswith("#"))
        run = {path.rstrip("/"): None for path in _RUN.findall(code) if path not in _LIBRARIES}
        paths = dict.fromkeys(match[0] for match in _PATH.finditer(code)) | run
        local = {name: f"{folder}/{name}" for folder in _LOCAL_PROGRAMS for name in self.tree.names(folder)}
        if local:
            paths |= {local[name]: None for name in _NAME.findall(code) if name in local}
        for folder in dict.fromkeys(one or other for one, other in _FOLDER.findall(code)):
            if folder not in _FOLDERS_OF_CRON and not folder.startswith(_TEMPORARY):
                run |= {f"{folder}/{name}": None for name in self.tree.names(folder)[:_MOST_SCRIPTS]}
        for path in {**paths, **run}:
            of_package = path.startswith(_OF_PACKAGES)
            if (of_package and is_harmless_service(basename(path))) or path.startswith(_TEMPORARY):
                continue
            if path not in self._seen:
                yield from self._program_effects(
                    path, location, is_named=False, is_script=path in run and not of_package
                )

    def _program_effects(
        self, path: str, location: str, *, is_named: bool, is_script: bool = False
    ) -> Iterator[Effect]:
        """Yield the effects of a program, or of a file that a script may run.

        Args:
            path: The path of the program.
            location: The location that names it.
            is_named: True if the program is certainly run.
            is_script: True if another script reads the file as a script, whatever its mode.
        """
        self._seen.add(path)
        if any(find_effects(basename(path))):
            return  # a DHCP client, for instance: its arguments were checked
        status = self.tree.status(path)
        if status is None or status.type is not Type.FILE:
            if is_named and not has_all_files(self.tree):
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
        if is_named or is_script or head.startswith(b"#!") or status.mode & 0o111:
            yield from self._script_effects(path, status, head)

    def _script_effects(self, path: str, status: Status, head: bytes) -> Iterator[Effect]:
        if status.size_bytes > _SCRIPT_BYTES:
            yield Effect(f"{path}, which is too long to be read,", path, is_lasting=True)
            return
        text = (self.tree.read(path, _SCRIPT_BYTES) or b"").decode("utf-8", "surrogateescape")
        yield from find_effects(text, path)
        interpreter = _INTERPRETER.match(head + b"\n")
        language = interpreter[1] if interpreter is not None else b"python" if path.endswith(".py") else b"sh"
        if not is_harmless_service(basename(path)):
            yield from _find_libraries(language, text, path)
            yield from _find_modules(text, path)
        if language in _SHELLS:
            yield from self._called_effects(text.replace("$(dirname $0)", dirname(path)), path)


def _find_modules(text: str, location: str) -> Iterator[Effect]:
    """Yield the packages of Python that a command runs (``python3 -m NAME``), whose code is elsewhere."""
    for line in text.split("\n"):
        for name in _MODULE.findall(line[:4096]):
            if name.partition(".")[0] not in sys.stdlib_module_names and not line.lstrip().startswith("#"):
                yield Effect(f"the Python package {name}", location, is_lasting=True)


def _find_libraries(language: bytes, text: str, path: str) -> Iterator[Effect]:
    """Yield the libraries that a script imports, or the script itself if its language is not known here."""
    if language == b"python":
        pairs = (one or other for one, other in _PYTHON_IMPORT.findall(text))
        names = (word.strip().split(".")[0].split(" ")[0] for pair in pairs for word in pair.split(","))
        foreign = [name for name in names if name and name not in sys.stdlib_module_names]
    elif language == b"perl":
        foreign = [name for name in _PERL_MODULE.findall(text) if name not in _PERL_STANDARD]
    else:
        foreign = [] if language in _SHELLS else ["of its language"]
    if foreign:
        yield Effect(f"{path}, by the library {foreign[0]},", path, is_lasting=True)
