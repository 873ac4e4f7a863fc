"""The distribution of a guest and its version, as its release files name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.model.fact import Fact, Unknown

_OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")
"""The first of these files that exists counts. Source: os-release(5)."""

_SENTENCES = (
    *("/etc/oracle-release", "/etc/centos-release", "/etc/rocky-release", "/etc/almalinux-release"),
    *("/etc/fedora-release", "/etc/redhat-release", "/etc/system-release", "/etc/SuSE-release"),
    *("/etc/gentoo-release", "/etc/slackware-version"),
)
"""Files with a sentence: ``CentOS release 6.10 (Final)``. Systems before 2012 have them in place of os-release."""

_NUMBERS = {"/etc/alpine-release": "alpine", "/etc/debian_version": "debian"}
"""Files that hold only a version."""

_LSB_RELEASE = "/etc/lsb-release"

_BEGINNINGS = {
    "red hat enterprise linux": "rhel",
    "centos": "centos",
    "rocky": "rocky",
    "almalinux": "almalinux",
    "oracle linux": "ol",
    "scientific linux": "scientific",
    "fedora": "fedora",
    "amazon linux": "amzn",
    "suse linux enterprise server": "sles",
    "suse linux enterprise desktop": "sled",
    "opensuse": "opensuse",
    "gentoo": "gentoo",
    "slackware": "slackware",
}
_OTHER_NAMES = {
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "sles_sap": "sles",
    "redhat": "rhel",
    "redhatenterpriseserver": "rhel",
    "oracleserver": "ol",
    "archlinux": "arch",
    "alpinelinux": "alpine",
}
"""The names in release files, with the name in Glance's list. Source: Glance, "Useful image properties"."""

_LIMIT_BYTES = 64 * 1024
_MOST_LINES = 10
"""The number of lines that are searched for the sentence: SuSE-release has three lines."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_VERSION = re.compile(r"[0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
_VERSION_IN_SENTENCE = re.compile(r"(?:^|\s)([0-9]{1,5}(?:\.[0-9]{1,6}){0,4})(?=\s|$)", re.ASCII)

_Release = Mapping[str, Fact[str]]
"""The content of a release file: ``distro`` and ``version``, as far as they are known."""


def find_distro(tree: Tree) -> Fact[str]:
    """Return the name of the distribution in Glance's words: ``debian``.

    Raises:
        Unknown: No release file holds a valid name.
    """
    distro = _read_release(tree).get("distro")
    if distro is None:
        raise Unknown("no release file in the guest names its operating system")
    return distro


def find_version(tree: Tree) -> Fact[str]:
    """Return the version of the distribution: ``12`` or ``9.4``.

    Raises:
        Unknown: No release file holds a version; a rolling distribution has none.
    """
    version = _read_release(tree).get("version")
    if version is None:
        raise Unknown("no release file in the guest names the version of its operating system")
    return version


def _read_release(tree: Tree) -> _Release:
    for path in _OS_RELEASE:
        if is_file(tree, path):
            return _read_assignments(tree, path, "ID", "VERSION_ID")
    if is_file(tree, _LSB_RELEASE):
        release = _read_assignments(tree, _LSB_RELEASE, "DISTRIB_ID", "DISTRIB_RELEASE")
        if release:
            return release
    for path in _SENTENCES:
        release = _read_sentence(tree, path)
        if release:
            return release
    for path, name in _NUMBERS.items():
        if is_file(tree, path):
            number = next((text.strip() for _, text in lines(tree, path, _LIMIT_BYTES)), "")
            release = {"distro": Fact(name, path)}
            # Debian's testing has «trixie/sid», which is not a version
            return release | {"version": Fact(number, f"{path}:1")} if _VERSION.fullmatch(number) else release
    return {}


def _read_assignments(tree: Tree, path: str, distro_key: str, version_key: str) -> _Release:
    release = {}
    for number, text in lines(tree, path, _LIMIT_BYTES):
        key, sign, value = text.strip().partition("=")
        value = value.strip().strip("\"'")
        location = f"{path}:{number}"
        if sign and key == distro_key and _WORD.fullmatch(value):
            release["distro"] = Fact(_OTHER_NAMES.get(value.lower(), value.lower()), location)
        elif sign and key == version_key and _VERSION.fullmatch(value):
            release["version"] = Fact(value, location)
    return release


def _read_sentence(tree: Tree, path: str) -> _Release:
    """Parse the first line that begins with a known name."""
    for number, text in islice(lines(tree, path, _LIMIT_BYTES), _MOST_LINES):
        for beginning, name in _BEGINNINGS.items():
            if text.lower().startswith(beginning):
                location = f"{path}:{number}"
                found = _VERSION_IN_SENTENCE.search(text[:200])
                return {"distro": Fact(name, location)} | ({"version": Fact(found[1], location)} if found else {})
    return {}
