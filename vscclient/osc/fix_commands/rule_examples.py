"""The commands that fix the bad example of a rule, for ``rule show`` and the manual."""

from __future__ import annotations

from vscclient.model.fix import Advice, Fix, GuestAction, InGuest, Reference
from vscclient.osc.fix_commands.commands import Names, command
from vscclient.policy.rule_page import ExampleFixes

_NEW, _EXISTING = Names.of(None, None), Names.of("IMAGE", None)


def commands(examples: ExampleFixes, code: str) -> list[str]:
    """Return one line for a new image and one for an image in the cloud, or one line for both.

    Args:
        examples: The fixes of the bad example.
        code: Code of the rule.
    """
    new = command(_with_commands(examples.new), code, _NEW)
    existing = command(_with_commands(examples.existing), code, _EXISTING)
    if new == existing or not (new and existing):
        return [line for line in (new or existing,) if line]
    return [f"new image: {new}", f"image in the cloud: {existing}"]


def _with_commands(fix: Fix) -> Fix:
    """Return the ways of a fix that have commands; the page of the rule has the advice."""
    on_page = (None, Reference.RULE)
    return Fix(
        tuple(
            steps
            for steps in fix.alternatives
            if not any(isinstance(step, Advice) and step.see in on_page for step in steps)
            and not any(isinstance(step, InGuest) and step.action is GuestAction.INSTALL_BOOT_LOADER for step in steps)
        )
    )
