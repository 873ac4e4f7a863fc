"""M403."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere

_OPTIONS = {
    "container_format": "--container-format",
    "disk_format": "--disk-format",
    "id": "--id",
    "min_disk": "--min-disk",
    "min_ram": "--min-ram",
    "name": "the image's name as the argument, or --name for an image that is there already",
    "os_hidden": "--hidden or --unhidden",
    "owner": "--project",
    "protected": "--protected or --unprotected",
    "tags": "--tag",
    "visibility": "--private, --shared, --community or --public",
}


class ReservedPropertiesAreNotSet(Rule):
    """No field of the image itself, and none that Glance keeps for itself, is set by way of ``--property``.

    Why: ``--property visibility=community`` publishes the image, and ``--property name=x`` renames it, behind the
    back of everything that checks it.
    Fix: use the option that is made for it.
    """

    code = "M403"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(plan={"properties": {"os_distro": "debian"}})

    @staticmethod
    def bad() -> Example:
        return case(plan={"properties": {"visibility": "community"}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        for key in plan.properties:
            meant = key.strip()  # Glance strips it, too
            if meant in BASE_PROPERTIES or meant.startswith(RESERVED_PREFIXES):
                option = _OPTIONS.get(meant)
                yield Flaw(
                    message=f"{key} is not a property that can be set",
                    location=f"--property {key}",
                    fix=f"use {option}" if option else f"leave --property {key} out",
                )
