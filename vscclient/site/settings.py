"""The settings of a site: its own rules, and a file with everything that differs from the built-in policy.

.. code-block:: yaml

   publishing_role: image_publisher
   rules:
     N201: {private: warning, community: forbidden, unknown: error}
"""

from __future__ import annotations

import os

from guestinspect.model.machine import DEFAULT_MACHINE, MachineType
from vscclient import errors
from vscclient.model.settings import Settings
from vscclient.policy.engine import rules
from vscclient.site.policy_file import LIMIT_BYTES, parse

VARIABLE = "VSCCLIENT_POLICY"
"""The environment variable that names the policy file; the user's own choice comes before it."""


def load_settings(path: str | None, waived: frozenset[str] = frozenset()) -> Settings:
    """Load the settings of the policy. A command does this first, so that a broken policy stops it at once.

    Args:
        path: The file that the user named; None: the file that the environment names, else the built-in settings.
        waived: Codes of the rules that the user waives.

    Raises:
        UsageError: The path is empty, or a code cannot be waived.
        UnusableFile: The file cannot be read.
        InvalidPolicyFile: The file has a mistake.
        UnusableRule: One of the site's own rules cannot be used.
    """
    if path == "":
        raise errors.UsageError("--policy is empty; name the file")
    codes = tuple(rule.code for rule in rules())
    settings = Settings()
    if path is not None:
        settings = parse(path, _read(path), codes)
    elif path := os.environ.get(VARIABLE):
        settings = parse(path, _read(path, f" ({VARIABLE} names it)"), codes)
    if waived:
        reject_waivers(waived, settings)
    return settings


def load_machine_type(path: str | None) -> MachineType:
    """Load the machine type of the site, for a command that asks no rule: without a policy file, no rule is loaded.

    Args:
        path: The file that the user named; None: the file that the environment names, if any.

    Raises:
        UsageError: The path is empty.
        UnusableFile: The file cannot be read.
        InvalidPolicyFile: The file has a mistake.
        UnusableRule: One of the site's own rules cannot be used.
    """
    if path is None and not os.environ.get(VARIABLE):
        return DEFAULT_MACHINE
    return load_settings(path).machine_type


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


def _read(path: str, named_by: str = "") -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(LIMIT_BYTES + 1)
    except OSError as failure:
        raise errors.UnusableFile(path, f"{os.strerror(failure.errno or 0).lower()}{named_by}") from failure
    if len(content) > LIMIT_BYTES:
        raise errors.UnusableFile(path, f"it is too long for a policy: more than {LIMIT_BYTES} bytes{named_by}")
    return content
