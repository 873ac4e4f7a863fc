"""The choice of a profile for each NIC by NetworkManager.

It uses the fitting profile with the highest priority, then the one used last, then the one with the lowest UUID. Most
profiles are for one NIC at a time, so that the first NIC gets it: not always the one with the lowest name (version 1.42
took ens5 before ens3). So all orders of the NICs are tried.

Source: NetworkManager's nm-policy.c, and nm_settings_connection_cmp_autoconnect_priority in nm-settings-connection.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise, permutations

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.ini import read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks.networkmanager.profile import Profile

ProfileByNic = Mapping[Nic, Profile | None]

_LAST_USED = "/var/lib/NetworkManager/timestamps"
_LONGEST_NUMBER = 20


def read_last_used(tree: Tree) -> Mapping[str, int]:
    """Return the time when each profile was used last, in seconds since 1970, by UUID."""
    return {
        entry.key: int(entry.value)
        for section in read_key_file(tree, _LAST_USED).sections
        for entry in section.entries
        if entry.value.isascii() and entry.value.isdigit() and len(entry.value) < _LONGEST_NUMBER
    }


def choose_profile(
    nic: Nic, machine: Machine, profiles: tuple[Profile, ...], last_used: Mapping[str, int]
) -> Profile | None:
    """Return the profile that a NIC gets automatically; None if no profile is left for it.

    Args:
        nic: The NIC.
        machine: The instance with the NICs that NetworkManager manages: the other NICs get profiles, too.
        profiles: All profiles.
        last_used: The time when each profile was used last, in seconds since 1970, by UUID.

    Raises:
        Unknown: The profile depends on the order in which the NICs appear.
    """
    wanted = {each: _rank(each, machine, profiles, last_used) for each in machine.nics}
    at_boot = [each for each in machine.nics if not each.is_hotplugged]
    later = [each for each in machine.nics if each.is_hotplugged]
    # A profile for one NIC at a time goes to the NIC that appears first; at boot, any of them can be the first.
    choices = [_assign((*order, *later), wanted) for order in permutations(at_boot)]
    if len({_effect(choice[nic]) for choice in choices}) > 1:
        profile = next(profile for choice in choices if (profile := choice[nic]) is not None)
        raise Unknown(
            f"the profile at {profile.location} fits several NICs, but is for one at a time (no multi-connect=3); "
            "which NIC gets it cannot be predicted"
        )
    return choices[0][nic]


def _assign(nics: tuple[Nic, ...], wanted: Mapping[Nic, list[Profile]]) -> ProfileByNic:
    """Return the profile of each NIC if they appear in this order."""
    taken: set[Profile] = set()
    choice: dict[Nic, Profile | None] = {}
    for nic in nics:
        profile = next((profile for profile in wanted[nic] if profile not in taken), None)
        choice[nic] = profile
        taken.update([] if profile is None or profile.for_several else [profile])
    return choice


def _rank(nic: Nic, machine: Machine, profiles: tuple[Profile, ...], last_used: Mapping[str, int]) -> list[Profile]:
    """Return the profiles that fit a NIC, the best first.

    A profile without a UUID has its path instead: the UUID that NetworkManager makes for it is not known.
    """
    fitting = [profile for profile in profiles if profile.autoconnect and profile.fits(nic, machine.command_line)]
    best_first = sorted(fitting, key=lambda profile: (-profile.priority, -last_used.get(profile.uuid, 0), profile.uuid))
    for better, worse in pairwise(best_first):
        is_tie = better.priority == worse.priority and last_used.get(better.uuid) == last_used.get(worse.uuid)
        if is_tie and "/" in better.uuid + worse.uuid and _effect(better) != _effect(worse):
            raise Unknown(f"{better.location} and {worse.location} both fit {nic.name}, and differ in their effect")
    return best_first


def _effect(profile: Profile | None) -> tuple[Method, str]:
    return (Method.NONE, "") if profile is None else (profile.method, profile.unknown_reason)
