"""Which profile NetworkManager takes for which NIC.

It takes the one with the highest priority that fits, then the one used last, then the lowest UUID. Most profiles can be
on one NIC at a time, so that it matters which NIC is first: it need not be that of the lowest name (version 1.42 took
ens5 before ens3). So they are tried in every order.

Source: NetworkManager's nm-policy.c, and nm_settings_connection_cmp_autoconnect_priority in nm-settings-connection.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise, permutations

from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks.networkmanager.profile import Profile

Choice = Mapping[Nic, Profile | None]


def choose(nic: Nic, machine: Machine, profiles: tuple[Profile, ...], last_used: Mapping[str, int]) -> Profile | None:
    """The profile that a NIC gets by itself; None: no profile is left for it.

    Args:
        nic: The NIC that is asked about.
        machine: The guest, with the NICs that NetworkManager has: the others want profiles, too.
        profiles: All that there are.
        last_used: When a profile was used last, by UUID.

    Raises:
        Unknown: It hangs on the order in which the NICs appear.
    """
    wanted = {one: _wanted(one, machine, profiles, last_used) for one in machine.nics}
    at_boot = [one for one in machine.nics if not one.is_hotplugged]
    later = [one for one in machine.nics if one.is_hotplugged]
    choices = [_in_turn((*order, *later), wanted) for order in permutations(at_boot)]
    if len({_what_it_does(choice[nic]) for choice in choices}) > 1:
        profile = next(found for choice in choices if (found := choice[nic]) is not None)
        raise Unknown(
            f"the profile at {profile.location} fits several NICs, but is for one at a time (no multi-connect=3); "
            f"whether it is {nic.name} is chance"
        )
    return choices[0][nic]


def _in_turn(nics: tuple[Nic, ...], wanted: Mapping[Nic, list[Profile]]) -> Choice:
    taken: set[Profile] = set()
    choice: dict[Nic, Profile | None] = {}
    for nic in nics:
        choice[nic] = next((profile for profile in wanted[nic] if profile not in taken), None)
        profile = choice[nic]
        taken.update([] if profile is None or profile.for_several else [profile])
    return choice


def _wanted(nic: Nic, machine: Machine, profiles: tuple[Profile, ...], last_used: Mapping[str, int]) -> list[Profile]:
    """The profiles that it would take, the best first."""
    fitting = [profile for profile in profiles if profile.autoconnect and profile.fits(nic, machine.command_line)]
    best_first = sorted(fitting, key=lambda profile: (-profile.priority, -last_used.get(profile.uuid, 0), profile.uuid))
    for better, worse in pairwise(best_first):
        is_tie = better.priority == worse.priority and last_used.get(better.uuid) == last_used.get(worse.uuid)
        if is_tie and "/" in better.uuid + worse.uuid and _what_it_does(better) != _what_it_does(worse):
            raise Unknown(f"{better.location} and {worse.location} both fit {nic.name}, and say different things")
    return best_first


def _what_it_does(profile: Profile | None) -> tuple[Method, str]:
    return (Method.NONE, "") if profile is None else (profile.method, profile.unforeseeable)
