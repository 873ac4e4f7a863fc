"""The table of all patterns of leftovers.

Passwords of users, logs and what sshd allows need more than a path and a regular expression: modules of
``guestinspect/leftovers`` look for them.
"""

from __future__ import annotations

from guestinspect.leftovers.patterns.credentials import CREDENTIALS
from guestinspect.leftovers.patterns.histories import HISTORIES, MAIL
from guestinspect.leftovers.patterns.keys import KEYS
from guestinspect.leftovers.patterns.machine_identity import IDENTITY
from guestinspect.leftovers.patterns.passwords import PASSWORDS

PATTERNS = (*KEYS, *PASSWORDS, *HISTORIES, *CREDENTIALS, *IDENTITY, *MAIL)
"""The patterns of every kind, in the order in which they are searched."""
