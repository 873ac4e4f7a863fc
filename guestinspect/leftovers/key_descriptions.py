"""What sort of private key it is, and whether a passphrase is needed to use it."""

from __future__ import annotations

import binascii
import re

from guestinspect.leftovers.patterns.expressions import AUTHORIZED_KEY, KEY_HEADER

_HEADER = re.compile(KEY_HEADER, re.MULTILINE)
_AUTHORIZED = re.compile(AUTHORIZED_KEY, re.MULTILINE)
_ENCRYPTED = re.compile(rb"^Proc-Type: 4,ENCRYPTED|^Encryption: (?!none)\S", re.MULTILINE)
_OPENSSH = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----\s{1,4}([A-Za-z0-9+/]{40})")
_WORDS = {"OPENSSH": "OpenSSH", "ENCRYPTED": ""}


def describe_private_key(head: bytes) -> str:
    """In words, what private key begins in a file: ``RSA private key, with a passphrase``; empty: none."""
    found = _HEADER.search(head)
    if found is None:
        return ""
    if found["openvpn"]:
        return "OpenVPN static key"
    sort = (found["putty"] or found["ssh1"] or found["sort"] or b"").decode("ascii").strip()
    name = f"{_WORDS.get(sort, sort)} private key".strip()
    return f"{name}, with a passphrase" if sort == "ENCRYPTED" or _is_encrypted(head) else name


def describe_authorized_keys(head: bytes) -> str:
    """In words, how many keys a file of authorized keys holds."""
    count = len(_AUTHORIZED.findall(head))
    return f"{count} authorized key{'s' if count != 1 else ''}"


def _is_encrypted(head: bytes) -> bool:
    """Sources: RFC 1421, section 4.6.1.1; PuTTY, appendix C; OpenSSH, ``PROTOCOL.key``: the cipher's name is first."""
    openssh = _OPENSSH.search(head)
    if openssh is None:
        return _ENCRYPTED.search(head) is not None
    start = binascii.a2b_base64(openssh[1])
    return start.startswith(b"openssh-key-v1\0") and not start.startswith(b"openssh-key-v1\0\0\0\0\x04none")
