"""The stanza in the text of a script that writes one for each NIC."""

from __future__ import annotations

import re

_FORMAT = re.compile(r"printf\s+(['\"])([^'\"]{1,2000})\1")
_STANZA_LINE = re.compile(
    r"[\s'\"]*(?:echo\s+(?:-e\s+)?['\"]?)?((?:auto|allow-hotplug|iface)\s+\$\{?\w+\}?[^'\"<>|;&]{0,200})"
)


def find_stanza(text: str) -> str | None:
    """Return the stanza that a script writes, with a variable for the NIC's name; None if it writes none."""
    formats = (each[2].replace("%s", "$name").replace("\\n", "\n") for each in _FORMAT.finditer(text))
    lines = "\n".join((*formats, text)).split("\n")
    stanza = [match[1].rstrip() for line in lines if (match := _STANZA_LINE.match(line)) is not None]
    if not any(line.startswith("iface") for line in stanza):
        return None
    return "\n".join(stanza) + "\n"
