"""On what terms: only judging, in spite of a rule, by a site's policy, agreed to beforehand."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from vscclient.osc.options import dry_run, policy, waivers


def add(parser: ArgumentParser) -> None:
    """Adds ``--dry-run``, ``--waive`` and ``--policy``."""
    for group in (dry_run, waivers, policy):
        group.add(parser)


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Terms``."""
    return {**dry_run.read(args), **waivers.read(args), **policy.read(args), "yes": getattr(args, "yes", False)}
