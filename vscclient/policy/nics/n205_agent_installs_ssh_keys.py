"""N205."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import CloudInit, Guest
from vscclient.model.fix import Advice, GuestAction, InGuest, Reference, Step, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, WARNING, Flaw, GuestRule, by_visibility

_OF_THIS_CLOUD = frozenset(("OpenStack", "ConfigDrive", "Ec2"))
"""The data sources of cloud-init that find the keys of OpenStack, which offers those of EC2 as well."""

_DISABLED = "/etc/cloud/cloud-init.disabled"


class AgentInstallsSshKeys(GuestRule):
    """cloud-init, or another agent that installs a user's SSH key, is in the guest and enabled.

    The rule does not apply to a guest without an SSH server and without cloud-init. Other agents that count: afterburn,
    coreos-cloudinit and glean (both with a config drive only), cirros-apply, and scripts that ask the cloud for keys.

    Why: without an agent only those who made the image can log in to its instances.
    Fix: install the package ``cloud-init`` in the guest. If it is there, delete ``/etc/cloud/cloud-init.disabled``,
    remove ``cloud-init=disabled`` from the parameters of the kernel, and enable its services. ``datasource_list`` needs
    ``ConfigDrive`` and ``OpenStack``; or omit the list.
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
        obstacle = _obstacle(guest.cloud_init().value)
        if obstacle is not None and not guest.key_agents().value:
            if guest.cloud_init().value is None and not guest.ssh_server().value:
                return
            message, location, step = obstacle
            yield Flaw(
                message=f"no agent installs the user's SSH key: {message}",
                location=location,
                fix=then_recreate(plan, step),
            )


def _obstacle(agent: CloudInit | None) -> tuple[str, str, Step] | None:
    """Return why cloud-init installs no key, the location of the fact, and the fix; None: it does."""
    if agent is None:
        return "cloud-init is not installed", "", InGuest(GuestAction.INSTALL, "cloud-init")
    if agent.disabled_by == _DISABLED:
        return "cloud-init is disabled", _DISABLED, InGuest(GuestAction.DELETE, _DISABLED)
    if agent.disabled_by:
        enable = Advice("enable cloud-init in the guest", Reference.RULE)
        if agent.disabled_by.startswith("/"):
            return "cloud-init is disabled", agent.disabled_by, enable
        return f"cloud-init is disabled: {agent.disabled_by}", "", enable
    if agent.datasources and not _OF_THIS_CLOUD.intersection(agent.datasources):
        listed = ", ".join(agent.datasources)
        add = Advice("write datasource_list: [ConfigDrive, OpenStack, None] into a file of /etc/cloud/cloud.cfg.d")
        return f"cloud-init looks for {listed} only, not for OpenStack", "", add
    return None
