"""Whether the SSH server lets passwords or root in, and where it keeps its keys and its users'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.boot.command_line import find_command_line
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
    """What lets passwords or root in; nothing where there is no SSH server.

    Raises:
        Unreadable: A file of its configuration could not be read.
    """
    if any(is_file(search.tree, server) for server in _SERVERS):
        yield from _passwords(search)
        root = SshdSettings(search).first("PermitRootLogin")
        if root is not None and root.is_yes:
            yield _told(root)


def authorized_keys(search: Search) -> Iterator[str]:
    """Where it looks for its users' keys, as patterns: ``~/.ssh/authorized_keys``."""
    for value in SshdSettings(search).values("AuthorizedKeysFile"):
        pattern = re.sub("%([%hUu])", lambda token: {"%": "%", "h": "~"}.get(token[1], "*"), value)
        if pattern.lower() != "none":
            yield pattern if pattern.startswith(("/", "~/")) else f"~/{pattern}"


def host_keys(search: Search) -> Iterator[str]:
    """Where its own keys are."""
    for value in SshdSettings(search).values("HostKey"):
        if value.startswith("/"):
            yield value.removesuffix(".pub")


def _passwords(search: Search) -> Iterator[Leftover]:
    written = _written_by_cloud_init(search)
    settings = SshdSettings(search if written is None else Search(Overlay(search.tree, written.files)))
    if _wants_a_key_too(settings):
        return
    said = settings.first(_PASSWORDS)
    if said is None:
        if not _runs_cloud_init(search.tree):  # which is told that when an instance starts
            yield Leftover(Kind.OPEN_SSHD, CONFIG, f"{_PASSWORDS} yes, as nothing is said", search.owner(CONFIG))
    elif said.is_yes and written is not None and (said.path, said.line) == (written.path, 1):
        yield Leftover(Kind.OPEN_SSHD, written.told_by, "cloud-init's ssh_pwauth: true", search.owner(written.told_by))
    elif said.is_yes:
        yield _told(said)
    elif asks := _asks_pam(settings):
        yield _told(asks)


def _asks_pam(settings: SshdSettings) -> SshdSetting | None:
    """The line that lets passwords in by way of PAM, under either of its names."""
    pam = settings.first("UsePAM")
    asks = settings.first("KbdInteractiveAuthentication") or settings.first("ChallengeResponseAuthentication")
    return asks if pam is not None and pam.is_yes and asks is not None and asks.is_yes else None


def _wants_a_key_too(settings: SshdSettings) -> bool:
    methods = settings.first("AuthenticationMethods")
    return methods is not None and all("publickey" in value.split(",") for value in methods.values)


@dataclass(frozen=True)
class _Written:
    """A file that cloud-init writes at the first boot, a line about passwords before all others.

    Args:
        told_by: The file of its configuration that tells it to.
    """

    path: str
    content: bytes
    told_by: str

    @property
    def files(self) -> dict[str, bytes]:
        """As an overlay takes it."""
        return {self.path: self.content}


def _written_by_cloud_init(search: Search) -> _Written | None:
    """What cloud-init makes of its ``ssh_pwauth``; None: nothing.

    Source: cloud-init, ``cc_set_passwords.handle_ssh_pwauth`` and ``ssh_util.update_ssh_config``: it writes a file of
    its own if those are included, else it changes the lines that are there.
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
    told_by = config.location("ssh_pwauth").partition(":")[0]
    return _Written(path, line + (search.tree.read(path) or b""), told_by)


def _runs_cloud_init(tree: Tree) -> bool:
    is_there = any(is_file(tree, program) for program in startup.PROGRAMS)
    return is_there and startup.find_off_switch(tree, find_command_line(tree).value) is None


def _told(setting: SshdSetting) -> Leftover:
    words = " ".join((_SPELT.get(setting.name, setting.name), *setting.values))
    return Leftover(Kind.OPEN_SSHD, setting.path, f"{words} (line {setting.line})", "root")


_SPELT = {
    name.lower(): name
    for name in (
        _PASSWORDS,
        "PermitRootLogin",
        "KbdInteractiveAuthentication",
        "ChallengeResponseAuthentication",
    )
}
