"""Regular expressions that several tables of patterns share. Each takes linear time: the content is hostile."""

from __future__ import annotations

KEY_HEADER = (
    rb"-----BEGIN (?P<sort>[A-Z0-9 ]{0,20})PRIVATE KEY(?: BLOCK)?-----|^(?P<putty>PuTTY)-User-Key-File-\d"
    rb"|^(?P<ssh1>SSH) PRIVATE KEY FILE FORMAT|-----BEGIN (?P<openvpn>OpenVPN) Static key"
)
"""The beginning of a private key.

Sources: RFC 7468, PuTTY appendix C, OpenSSH ``authfile.c``, openvpn(8) ``--genkey``.
"""

AUTHORIZED_KEY = rb"^(?![ \t]*#)(?:.*[ \t\"])?(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w@.-]{1,60}[ \t]+AAAA"
"""A key in ``authorized_keys``, after its options. Source: sshd(8), «AUTHORIZED_KEYS FILE FORMAT»."""

ASSIGNED = rb"[ \t]*[=:][ \t]*[\"']?(?!null\b|None\b)[^\s\"'<$#]"
"""A value after a name, but neither an empty value nor a placeholder (``<password>``, ``$PASSWORD``)."""

_IN_BRACES = rb"^[^#\n]*(?:(?<=\S)#[^#\n]*)*[{,][ \t]*"
"""The text before a name in YAML's flow style or JSON: a brace or a comma, without a comment.

Source: YAML 1.2.2, 6.6 and 7.4.
"""

_COLON = rb"[\"']?[ \t]*:[ \t]*"

_YAML_VALUE = (
    _COLON + rb"(?:[\"'](?!\{\{)|(?![\[\]{},!*#]|(?:null|~)(?:[\s,}\]]|\Z)))"
    rb"(?!<|\$[({]|\$[A-Z_]{2,60}(?:[\s\"',}\]]|\Z)|[!*]{1,2}(?:[\s\"',}\]]|\Z|\$[0-9a-z]{1,12}[$,]))[^\s\"']"
)
"""A value after a name in YAML, but neither an empty value, a placeholder, nor a hash that no password matches.

Placeholders are ``{{ x }}``, ``<x>``, ``$(x)``, ``${x}`` and ``$X``. Such hashes begin with ``!`` or ``*``: shadow(5).
"""

YAML_HASH = rb"(?:hashed_passwd|passwd)(?!" + _COLON + rb"[\"']?[!*])"
"""cloud-init's names for the hash of a password, with a hash that a password can match: crypt(5)."""

URL = rb"https?://[^\s/:@]{0,200}:[^\s/@]{1,500}@"
"""A URL with a password."""


def yaml_secret(*names: bytes) -> bytes:
    """Return an expression for a name with a value: on its own line, or in braces (``- {name: me, passwd: hello}``).

    Args:
        names: Regular expressions for the names.
    """
    return rb"(?:^[ \t-]*|" + _IN_BRACES + rb")[\"']?(?:" + b"|".join(names) + rb")" + _YAML_VALUE
