"""Patterns of passwords in the configuration of installers and of cloud-init."""

from __future__ import annotations

from guestinspect.leftovers.patterns.expressions import YAML_HASH, yaml_secret
from guestinspect.leftovers.patterns.pattern import leftover_pattern
from guestinspect.model.leftover import Kind

PASSWORDS = (
    leftover_pattern(
        Kind.PASSWORD,
        "password in cloud-init's configuration",
        "/etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/*.cfg",
        yaml_secret(b"plain_text_passwd", b"password", YAML_HASH)
        + rb"|^chpasswd:[^\n]*list:|^chpasswd:[^\n]*(?:\n[ \t][^\n]*){0,4}\n[ \t]{1,20}(?:list|users):",
    ),
    leftover_pattern(
        Kind.PASSWORD,
        "password in an installer's answers",
        "/root/*ks*.cfg",
        rb"^(?:rootpw|user)[ \t].*(?:\$[0-9a-z]{1,9}\$|--plaintext|--password=)",
    ),
    leftover_pattern(
        Kind.PASSWORD,
        "password in an installer's answers",
        "/preseed.cfg /root/*preseed*",
        rb"passwd/[\w-]{1,30}password(?:-crypted|-again)?[ \t]+password[ \t]+[^\s*!]",
    ),
    leftover_pattern(
        Kind.PASSWORD,
        "password in an installer's answers",
        "/var/log/installer/autoinstall-user-data",
        yaml_secret(b"password"),
    ),
)
