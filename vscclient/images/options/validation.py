"""Values that no cloud accepts, rejected before a request is sent."""

from __future__ import annotations

from vscclient import errors
from vscclient.images.options.groups import Consent, Description
from vscclient.model.settings import Settings
from vscclient.policy.registry import rules
from vscclient.site.settings import load_settings

NAME_LIMIT = 255
"""Characters. Source: Image API v2, ``name``."""


def settings_for(consent: Consent) -> Settings:
    """Return the settings of the policy that applies. Commands call this first: a broken policy stops them at once.

    Raises:
        UsageError: A waived code does not exist, or its rule cannot be waived.
        UnusableFile: The policy file cannot be read.
        InvalidPolicyFile: The policy file has an invalid value.
        UnusableRule: A rule of the site cannot be used.
    """
    settings = load_settings(consent.policy)
    reject_waivers(consent.waived, settings)
    return settings


def reject_waivers(waived: frozenset[str], settings: Settings) -> None:
    """Reject codes that no rule has, and codes of rules that cannot be waived. An unneeded code does no harm.

    Raises:
        UsageError: There is such a code.
    """
    by_code = {rule.code: rule for rule in rules()}
    for code in sorted(waived):
        if code not in by_code:
            raise errors.UsageError(f"No rule has the code {code}; there are: {', '.join(by_code)}")
        if by_code[code].is_absolute(settings):
            raise errors.UsageError(f"{code} cannot be waived")


def reject_name(name: str) -> None:
    """Reject a name that no image can have.

    Raises:
        UsageError: It is empty or too long.
    """
    if not name:
        raise errors.UsageError("The name is empty")
    if len(name) > NAME_LIMIT:
        raise errors.UsageError(f"The name has {len(name)} characters; {NAME_LIMIT} are allowed")


def reject_description(description: Description) -> None:
    """Reject names of properties that no image can have.

    The Image service strips what surrounds the name of a property: ``' visibility'`` would publish the image.

    Raises:
        UsageError: A name has surrounding spaces or control characters.
    """
    for key in description.properties:
        if key != key.strip() or not key.isprintable():
            raise errors.UsageError(f"Invalid property name '{key}': it has surrounding spaces or control characters")
