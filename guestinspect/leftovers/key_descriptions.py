"""Descriptions of keys: the kind of a private key and its passphrase, the number of authorized keys."""

from __future__ import annotations

import binascii
import re

from guestinspect.leftovers.patterns.expressions import AUTHORIZED_KEY, KEY_HEADER

_HEADER = re.compile(KEY_HEADER, re.MULTILINE)
_AUTHORIZED = re.compile(AUTHORIZED_KEY, re.MULTILINE)
_ENCRYPTED = re.compile(rb"^Proc-Type: 4,ENCRYPTED|^Encryption: (?!none)\S", re.MULTILINE)
_OPENSSH = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----\s{1,4}([A-Za-z0-9+/]{40})")
_NAMES = {"OPENSSH": "OpenSSH", "ENCRYPTED": ""}


def describe_private_key(head: bytes) -> str:
    """Return a phrase for the private key in a file: ``RSA private key, with a passphrase``; empty: there is none."""
    found = _HEADER.search(head)
    if found is None:
        return ""
    if found["openvpn"]:
        return "OpenVPN static key"
    kind = (found["putty"] or found["ssh1"] or found["sort"] or b"").decode("ascii").strip()
    name = f"{_NAMES.get(kind, kind)} private key".strip()
    return f"{name}, with a passphrase" if kind == "ENCRYPTED" or _is_encrypted(head) else name


def describe_authorized_keys(head: bytes) -> str:
    """Return a phrase for the number of keys in a file of authorized keys."""
    count = len(_AUTHORIZED.findall(head))
    return f"{count} authorized key{'s' if count != 1 else ''}"


def _is_encrypted(head: bytes) -> bool:
    """Return True if a passphrase protects the key.

    Sources: RFC 1421, section 4.6.1.1; PuTTY, appendix C; OpenSSH, ``PROTOCOL.key``: the name of the cipher is the
    first field after the magic bytes.
    """
    openssh = _OPENSSH.search(head)
    if openssh is None:
        return _ENCRYPTED.search(head) is not None
    start = binascii.a2b_base64(openssh[1])
    return start.startswith(b"openssh-key-v1\0") and not start.startswith(b"openssh-key-v1\0\0\0\0\x04none")
