"""M404."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest
from vscclient.model.plan import Plan
from vscclient.policy.disk.disk_rule import is_or_would_be_property
from vscclient.policy.example import Example, case
from vscclient.policy.guest_rule import GuestRule, suggested
from vscclient.policy.rule import ERROR, INFORMATION, WARNING, Flaw, by_visibility, saying

_KEY = "architecture"
_OTHER_NAMES = {"amd64": "x86_64", "i386": "i686", "i486": "i686", "i586": "i686", "arm64": "aarch64"}
"""Source: Nova, ``objects/fields.py``, ``Architecture.canonicalize``."""


class ArchitectureMatchesGuest(GuestRule):
    """The image says for which architecture its guest was made, and says it right.

    Why: Nova chooses a host by it; on one of another architecture the instance does not start, or not at all fast.
    Fix: say ``--architecture``, such as ``x86_64`` or ``aarch64``.
    """

    code = "M404"
    severity = by_visibility(private=INFORMATION, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"architecture": "x86_64"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"architecture": "aarch64"}})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        said = plan.image.properties.get(_KEY, "").strip()
        if not said:
            example = suggested(guest.architecture, "x86_64")
            fix = saying(plan, f"--architecture {example}")
            yield Flaw(message="it does not say for which architecture its guest was made", fix=fix)
            return
        found = guest.architecture()
        if _OTHER_NAMES.get(said.lower(), said.lower()) != found.value:
            yield Flaw(
                message=f"the architecture {is_or_would_be_property(plan, _KEY)} {said}, "
                f"but its guest was made for {found.value}",
                location=found.location,
                fix=saying(plan, f"--architecture {found.value}"),
            )
