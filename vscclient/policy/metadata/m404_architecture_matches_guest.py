"""M404."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest
from vscclient.model.fix import Fix, SetField
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, NOTE, WARNING, Flaw, GuestRule, by_visibility, suggestion
from vscclient.policy.verb_tense import is_or_would_be_property

_KEY = "architecture"
_OTHER_NAMES = {"amd64": "x86_64", "i386": "i686", "i486": "i686", "i586": "i686", "arm64": "aarch64"}
"""Source: Nova, ``objects/fields.py``, ``Architecture.canonicalize``."""


class ArchitectureMatchesGuest(GuestRule):
    """The image declares the architecture of its guest, and the declared one is correct.

    Why: Nova chooses a host by the declared architecture; on a host of another architecture the instance does not
    start, or runs very slowly.
    Fix: set the architecture, such as ``x86_64`` or ``aarch64``.
    """

    code = "M404"
    claims = frozenset((_KEY,))
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"architecture": "x86_64"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"architecture": "aarch64"}})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        declared = plan.image.properties.get(_KEY, "").strip()
        if not declared:
            fix = Fix.by(SetField(_KEY, suggestion(guest.architecture, "x86_64")))
            yield Flaw(message="the image does not declare the architecture of its guest", fix=fix)
            return
        found = guest.architecture()
        if _OTHER_NAMES.get(declared.lower(), declared.lower()) != found.value:
            yield Flaw(
                message=f"the architecture {is_or_would_be_property(plan, _KEY)} {declared}, "
                f"but the guest was built for {found.value}",
                location=found.location,
                fix=Fix.by(SetField(_KEY, found.value)),
            )
