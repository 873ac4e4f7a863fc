"""Regular expressions that several tables of patterns share."""

from __future__ import annotations

KEY_HEADER = (
    rb"-----BEGIN (?P<sort>[A-Z0-9 ]{0,20})PRIVATE KEY(?: BLOCK)?-----|^(?P<putty>PuTTY)-User-Key-File-\d"
    rb"|^(?P<ssh1>SSH) PRIVATE KEY FILE FORMAT|-----BEGIN (?P<openvpn>OpenVPN) Static key"
)
"""How a private key begins. Sources: RFC 7468, PuTTY appendix C, OpenSSH ``authfile.c``, openvpn(8) ``--genkey``."""

AUTHORIZED_KEY = rb"^(?![ \t]*#)(?:.*[ \t\"])?(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w@.-]{1,60}[ \t]+AAAA"
"""A line of ``authorized_keys`` that is one, options before it. Source: sshd(8), «AUTHORIZED_KEYS FILE FORMAT»."""

SET = rb"[ \t]*[=:][ \t]*[\"']?(?!null\b|None\b)[^\s\"'<$#]"
"""A value behind a name; not nothing, nor what stands for one (``<password>``, ``$PASSWORD``)."""

_IN_BRACES = rb"^[^#\n]*(?:(?<=\S)#[^#\n]*)*[{,][ \t]*"
"""Before a name in YAML's flow style, or JSON: a brace or a comma, and no comment. Source: YAML 1.2.2, 6.6, 7.4."""

_COLON = rb"[\"']?[ \t]*:[ \t]*"

_YAML_VALUE = (
    _COLON + rb"(?:[\"'](?!\{\{)|(?![\[\]{},!*#]|(?:null|~)(?:[\s,}\]]|\Z)))"
    rb"(?!<|\$[({]|\$[A-Z_]{2,60}(?:[\s\"',}\]]|\Z)|[!*]{1,2}(?:[\s\"',}\]]|\Z|\$[0-9a-z]{1,12}[$,]))[^\s\"']"
)
"""A value behind a name in YAML; not nothing, nor what stands for one, nor a hash that no password fits."""

YAML_HASH = rb"(?:hashed_passwd|passwd)(?!" + _COLON + rb"[\"']?[!*])"
"""cloud-init's names for the hash of a password; one that begins like this fits none: crypt(5)."""

URL = rb"https?://[^\s/:@]{0,200}:[^\s/@]{1,500}@"
"""An address with a password in it."""


def yaml_secret(*names: bytes) -> bytes:
    """Where one of these names has a value: on a line of its own, or in braces (``- {name: me, passwd: hello}``).

    Args:
        names: Regular expressions.
    """
    return rb"(?:^[ \t-]*|" + _IN_BRACES + rb")[\"']?(?:" + b"|".join(names) + rb")" + _YAML_VALUE
