"""N205."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.fact import Fact
from guestinspect.model.guest import CloudInit, Guest
from vscclient.model.plan import Plan
from vscclient.policy.again import again, again_by
from vscclient.policy.example import Example, case
from vscclient.policy.guest_rule import GuestRule
from vscclient.policy.rule import ERROR, WARNING, Flaw, by_visibility

_OF_THIS_CLOUD = frozenset(("OpenStack", "ConfigDrive", "Ec2"))
"""Data sources of cloud-init that find an OpenStack's keys; it offers those of EC2 as well."""

_SWITCHED_OFF = "/etc/cloud/cloud-init.disabled"


class AgentInstallsSshKeys(GuestRule):
    """cloud-init, or another agent that brings a user's SSH keys, is in the guest and not disabled.

    Why: without one nobody but who made the image can log in to an instance of it.
    Fix: install the package ``cloud-init`` in the guest. If it is there, remove ``/etc/cloud/cloud-init.disabled``,
    take ``cloud-init=disabled`` from the kernel's parameters, and enable its services. In ``datasource_list`` there
    have to be ``ConfigDrive`` and ``OpenStack``, or the list is left out.
    """

    code = "N205"
    severity = by_visibility(private=WARNING, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case()

    @staticmethod
    def bad() -> Example:
        return case(guest={"cloud_init": None})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        found = guest.cloud_init()
        hindrance = _hindrance(found)
        if hindrance is not None and not guest.key_agents().value:
            message, location, fix = hindrance
            told = again_by(plan, fix) if fix.startswith("virt-") else again(plan, fix)
            yield Flaw(message=f"no agent brings a user's SSH keys: {message}", location=location, fix=told)


def _hindrance(found: Fact[CloudInit | None]) -> tuple[str, str, str] | None:
    """Why cloud-init does not do it, where that was seen, and how to mend it; None: it does."""
    agent = found.value
    if agent is None:
        return "cloud-init is not installed", "", "virt-customize -a FILE --install cloud-init"
    if agent.disabled_by:
        is_path = agent.disabled_by.startswith("/")
        message = "cloud-init is disabled" if is_path else f"cloud-init is disabled: {agent.disabled_by}"
        fix = "enable cloud-init in the guest (how: openstack vsc image rule show N205)"
        if agent.disabled_by == _SWITCHED_OFF:
            fix = f"virt-customize -a FILE --delete {_SWITCHED_OFF}"
        return message, agent.disabled_by if is_path else "", fix
    if agent.datasources and not _OF_THIS_CLOUD.intersection(agent.datasources):
        listed = ", ".join(agent.datasources)
        fix = "write datasource_list: [ConfigDrive, OpenStack, None] into a file of /etc/cloud/cloud.cfg.d"
        return f"cloud-init looks for {listed} only, not for an OpenStack", "", fix
    return None
