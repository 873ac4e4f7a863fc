"""Agents other than cloud-init that install a user's SSH key from OpenStack's metadata service or a config drive.

Source: glean 1.25.1, init/ and cmd.py; afterburn's systemd/afterburn-sshkeys@.service.in; Flatcar's coreos-cloudinit,
units/ and coreos-cloudinit.go; CirrOS, src/sbin/cirros-apply; NixOS, virtualisation/openstack-config.nix.
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest import key_scripts
from guestinspect.guest.services.units import Units
from guestinspect.guest.tiny_cloud import TinyCloud
from guestinspect.model.fact import Fact, Unknown

_SERVICES = {
    "openstack-init": "openstack-init",
    "glean-early": "glean",
    "glean": "glean",
}
"""Services that fetch a user's SSH keys from OpenStack, with the name of the agent.

Agents of other clouds find no keys in this cloud: google-guest-agent, waagent, and nova-agent, which needs Xen.
"""

_INSTANCES = {"afterburn-sshkeys@": "afterburn", "coreos-metadata-sshkeys@": "afterburn"}
"""Templates with an instance for each user."""

_CIRROS = ("/usr/sbin/cirros-apply", "/sbin/cirros-apply")
_FLATCAR = ("/usr/bin/coreos-cloudinit", "/usr/lib/udev/rules.d/90-configdrive.rules")
"""Its udev rule mounts a config drive, and the mount starts it."""

_TINY_CLOUD_SERVICES = ("tiny-cloud-main", "tiny-cloud")
"""The services of version 3, and of those before, that install the keys."""
_LIKE_EC2 = "aws"


def find_key_agents(tree: Tree, units: Units) -> Fact[tuple[str, ...]]:
    """Return the names of the started agents that install a user's SSH keys, without cloud-init.

    Raises:
        Unknown: One agent could not be checked, and no other agent is started.
    """
    found: list[Fact[str]] = []
    first_unknown: Unknown | None = None
    for find in (_find_services, _find_tiny_cloud, key_scripts.find_scripts):
        try:
            found += find(tree, units)
        except Unknown as unknown:
            first_unknown = first_unknown or unknown
    if first_unknown and not found:
        raise first_unknown
    return Fact(tuple(dict.fromkeys(agent.value for agent in found)), found[0].location if found else "")


def _find_services(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    for service, agent in _SERVICES.items():
        start = units.starts(service)
        if start.is_started:
            yield Fact(agent, start.why.location)
    for template, agent in _INSTANCES.items():
        for name in units.instances(template):
            yield Fact(agent, units.starts(name).why.location)
    for path in _CIRROS:
        if is_file(tree, path):
            yield Fact("cirros-apply", path)
    if all(is_file(tree, path) for path in _FLATCAR):
        yield Fact("coreos-cloudinit", _FLATCAR[0])


def _find_tiny_cloud(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    """Yield tiny-cloud if it is started and knows OpenStack.

    Raises:
        Unknown: It is made for EC2, whose addresses OpenStack serves as well, but not its tokens.
    """
    tiny_cloud = TinyCloud.find(tree)
    if tiny_cloud is None or tiny_cloud.is_finished:
        return
    if "set_ssh_keys" in tiny_cloud.setting("SKIP_INIT_ACTIONS").split():
        return
    start = next((start for name in _TINY_CLOUD_SERVICES if (start := units.starts(name)).is_started), None)
    if start is None:
        return
    if tiny_cloud.knows_openstack and tiny_cloud.cloud in ("openstack", "auto"):
        yield Fact("tiny-cloud", start.why.location)
    elif tiny_cloud.cloud == _LIKE_EC2:
        raise Unknown(
            f"whether tiny-cloud's functions for AWS ({tiny_cloud.config}) get the keys of OpenStack is unknown"
        )
