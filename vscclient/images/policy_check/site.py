"""A site's policy: its rules beside our own, and a file with what differs from the built-in settings.

.. code-block:: yaml

   publishing_role: image_publisher
   rules:
     N201: {private: warning, community: forbidden, unknown: error}
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from vscclient import errors
from vscclient.images.policy_check.policy_file import LIMIT_BYTES, understood
from vscclient.model.finding import Severity
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.registry import rules
from vscclient.policy.rule import Rule
from vscclient.policy.site_rules import UnusableRule

VARIABLE = "VSCCLIENT_POLICY"
"""The environment variable that names the file where the user does not."""


def settings_of(path: str | None) -> Settings:
    """The settings to judge by. It comes first in whatever judges, so that a broken policy stops it before anything.

    Args:
        path: The file that the user named; None: the one in the environment, else the built-in settings.

    Raises:
        Usage: The user named nothing.
        UnusableFile: The file cannot be read.
        BadPolicy: It says what cannot be.
        UnusableRule: A rule of the site's own cannot be used.
    """
    codes = _codes()
    if path == "":
        raise errors.Usage("--policy is empty; name the file")
    if path is not None:
        return understood(path, _read(path), codes)
    path = os.environ.get(VARIABLE)
    return understood(path, _read(path, f" ({VARIABLE} names it)"), codes) if path else Settings()


def written(settings: Settings, of_rules: Iterable[Rule]) -> str:
    """A policy file that says all that is in force, for ``settings_of`` to read."""
    return _yaml({"publishing_role": settings.publishing_role} | _rules(settings, of_rules))


def rules_written(settings: Settings, of_rules: Iterable[Rule]) -> str:
    """A policy file that says what is in force for these rules, and nothing else."""
    return _yaml(_rules(settings, of_rules))


def weight_of_unknown(rule: Rule, settings: Settings) -> Severity:
    """How a rule is taken that could not be judged: as a warning at most, or as if it were broken."""
    return Severity.ERROR if rule.code in settings.unknown_is_error else Severity.WARNING


def _yaml(said: dict[str, Any]) -> str:
    import yaml

    # None: each rule on a line of its own
    return str(yaml.safe_dump(said, sort_keys=False, default_flow_style=None, allow_unicode=True, width=120))


def _rules(settings: Settings, of_rules: Iterable[Rule]) -> dict[str, Any]:
    return {"rules": {rule.code: _said(rule, settings) for rule in of_rules}}


def _said(rule: Rule, settings: Settings) -> dict[str, str]:
    weights = {str(visibility): str(rule.weight(visibility, settings)) for visibility in Visibility}
    return weights | {"unknown": str(weight_of_unknown(rule, settings))}


def _codes() -> tuple[str, ...]:
    try:
        return tuple(rule.code for rule in rules())
    except UnusableRule as failure:
        entry = f"'{failure.entry.name}' ({failure.entry.value})"
        raise errors.UnusableRule(failure.package, entry, failure.why) from failure


def _read(path: str, named_by: str = "") -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as failure:
        raise errors.UnusableFile(path, f"{os.strerror(failure.errno or 0).lower()}{named_by}") from failure
    if len(content) > LIMIT_BYTES:
        raise errors.UnusableFile(path, f"it is too long for a policy: more than {LIMIT_BYTES} bytes{named_by}")
    return content
