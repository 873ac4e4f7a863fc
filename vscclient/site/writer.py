"""Writing a policy file: the settings in force, for a site to start from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.rule import Rule


def write_policy(settings: Settings, rules: Iterable[Rule]) -> str:
    """Write the whole policy as a file, for ``load_settings`` to read."""
    trusted = sorted(settings.trusted_namespaces)
    names = {"trusted_namespaces": trusted} if trusted else {}
    one = {"publishing_role": settings.publishing_role, "machine_type": str(settings.machine_type)}
    return _yaml({**one, **names, **_severities(settings, rules)})


def write_rules(settings: Settings, rules: Iterable[Rule]) -> str:
    """Write a policy file with the severities of these rules, and nothing else."""
    return _yaml(_severities(settings, rules))


def _severities(settings: Settings, rules: Iterable[Rule]) -> dict[str, Any]:
    return {
        "rules": {
            rule.code: {str(visibility): str(rule.severity_for(visibility, settings)) for visibility in Visibility}
            | {"unknown": str(settings.unknown_severity(rule.code))}
            for rule in rules
        }
    }


def _yaml(content: dict[str, Any]) -> str:
    import yaml  # most commands write no policy file

    # default_flow_style=None: each rule on a line of its own
    return str(yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=120))
