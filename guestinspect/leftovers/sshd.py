"""The SSH server: logins with passwords or as root, and the files of its keys and its users' keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.boot.kernel_command_line import find_command_line
from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init import startup
from guestinspect.leftovers.search import Search
from guestinspect.leftovers.sshd_config import CONFIG, SshdSetting, SshdSettings
from guestinspect.model.leftover import Kind, Leftover

_SERVERS = ("/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd")
_DROP_INS = "/etc/ssh/sshd_config.d/"
_DROP_IN = f"{_DROP_INS}50-cloud-init.conf"
_PASSWORDS = "PasswordAuthentication"
_YES, _NO = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0"})


def find_open_sshd(search: Search) -> Iterator[Leftover]:
    """Yield the settings that admit passwords or root; nothing if there is no SSH server.

    Raises:
        Unreadable: A file of the configuration could not be read.
    """
    if any(is_file(search.tree, server) for server in _SERVERS):
        yield from _find_password_settings(search)
        root = SshdSettings(search).first("PermitRootLogin")
        if root is not None and root.is_yes:
            yield _make_leftover(root)


def list_authorized_key_files(search: Search) -> Iterator[str]:
    """Yield the files of its users' keys, as patterns: ``~/.ssh/authorized_keys``."""
    for value in SshdSettings(search).values("AuthorizedKeysFile"):
        pattern = re.sub("%([%hUu])", lambda token: {"%": "%", "h": "~"}.get(token[1], "*"), value)
        if pattern.lower() != "none":
            yield pattern if pattern.startswith(("/", "~/")) else f"~/{pattern}"


def list_host_keys(search: Search) -> Iterator[str]:
    """Yield the files of its own keys."""
    for value in SshdSettings(search).values("HostKey"):
        if value.startswith("/"):
            yield value.removesuffix(".pub")


def _find_password_settings(search: Search) -> Iterator[Leftover]:
    written = _WrittenFile.forecast(search)
    overlay = search if written is None else Search(Overlay(search.tree, {written.path: written.content}))
    settings = SshdSettings(overlay)
    # a login needs all methods of one list; commas separate methods, spaces separate lists: sshd_config(5)
    methods = settings.first("AuthenticationMethods")
    if methods is not None and all("publickey" in value.split(",") for value in methods.values):
        return  # each method needs a key beside the password
    passwords = settings.first(_PASSWORDS)
    if passwords is None:
        if not _runs_cloud_init(search.tree):  # cloud-init sets it when an instance starts
            yield Leftover(Kind.OPEN_SSHD, settings.path, f"{_PASSWORDS} yes, the default", search.owner(settings.path))
    elif passwords.is_yes and written is not None and (passwords.path, passwords.line) == (written.path, 1):
        yield Leftover(Kind.OPEN_SSHD, written.set_by, "cloud-init's ssh_pwauth: true", search.owner(written.set_by))
    elif passwords.is_yes:
        yield _make_leftover(passwords)
    else:
        # PAM asks for a password too, by keyboard-interactive authentication; the keyword has had two names
        pam = settings.first("UsePAM")
        asks = settings.first("KbdInteractiveAuthentication") or settings.first("ChallengeResponseAuthentication")
        if pam is not None and pam.is_yes and asks is not None and asks.is_yes:
            yield _make_leftover(asks)


@dataclass(frozen=True)
class _WrittenFile:
    """A file that cloud-init writes at the first boot: a line about passwords before the existing lines.

    Args:
        path: The path of the file.
        content: The content of the file.
        set_by: The file of cloud-init's configuration with the setting.
    """

    path: str
    content: bytes
    set_by: str

    @classmethod
    def forecast(cls, search: Search) -> _WrittenFile | None:
        """Return the file that cloud-init writes because of its ``ssh_pwauth``, or None.

        It writes a drop-in if sshd includes drop-ins, and otherwise changes the main file. Source: cloud-init,
        ``cc_set_passwords.handle_ssh_pwauth`` and ``ssh_util.update_ssh_config``.
        """
        if not _runs_cloud_init(search.tree):
            return None
        config = cloud_config.load(search.tree)
        word = str(config.get("ssh_pwauth")).lower()
        if word not in _YES | _NO:
            return None
        line = f"{_PASSWORDS} {'yes' if word in _YES else 'no'}\n".encode()
        includes = any(value.startswith(_DROP_INS) for value in SshdSettings(search).values("Include"))
        path = _DROP_IN if includes else CONFIG
        set_by = config.location("ssh_pwauth").partition(":")[0]
        return cls(path, line + (search.tree.read(path) or b""), set_by)


def _runs_cloud_init(tree: Tree) -> bool:
    is_installed = startup.find_program(tree) is not None
    return is_installed and startup.find_off_switch(tree, find_command_line(tree).value) is None


def _make_leftover(setting: SshdSetting) -> Leftover:
    words = " ".join((_KEYWORDS.get(setting.name, setting.name), *setting.values))
    return Leftover(Kind.OPEN_SSHD, setting.path, f"{words} (line {setting.line})", "root")


_KEYWORDS = {
    name.lower(): name
    for name in (
        _PASSWORDS,
        "PermitRootLogin",
        "KbdInteractiveAuthentication",
        "ChallengeResponseAuthentication",
    )
}
"""The spelling of keywords in the manual, by lower case."""
