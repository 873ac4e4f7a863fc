"""Shell patterns of a guest's files, matched in bounded time.

Python's fnmatch makes a regular expression of each pattern: a pattern of 100 KiB, or 10,000 short ones, take minutes.
"""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable

_MAX_CHARACTERS = 4096


def fnmatchcase(name: str, pat: str) -> bool:
    """Check whether a name matches a pattern, as the function of the same name in Python's fnmatch does.

    Args:
        name: In upper and lower case.
        pat: A pattern of ``*``, ``?``, ``[a-z]`` and ``[!a-z]``.

    Raises:
        Unreadable: The pattern is too long.
    """
    # Most patterns have no star or one, and no set: their ends alone decide.
    if "[" not in pat:
        if len(pat) - pat.count("*") > len(name):
            return False
        before, star, after = pat.partition("*")
        if "?" not in pat and "*" not in after:
            return name.startswith(before) and name.endswith(after) if star else name == pat
    if len(pat) > _MAX_CHARACTERS:
        raise Unreadable(f"the pattern {pat[:20]!a}…", f"it is longer than {_MAX_CHARACTERS} characters")
    return _matches(name, _split(pat))


def _split(pattern: str) -> list[str]:
    """Return the stars, question marks, sets and characters of a pattern; consecutive stars are one."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        end = at + 1
        if pattern[at] == "[":
            # A bracket right after the opening one, or after "[!", belongs to the set. Without a closing bracket, the
            # opening one is an ordinary character. Source: glob(7).
            first = at + 2 if pattern[at + 1 : at + 2] == "!" else at + 1
            closing = pattern.find("]", first + 1)
            end = end if closing < 0 else closing + 1
        part = pattern[at:end]
        if part != "*" or parts[-1:] != ["*"]:
            parts.append(part)
        at = end
    return parts


def _matches(name: str, parts: list[str]) -> bool:
    """Match from left to right. After a mismatch, only the last star takes one character more.

    Earlier stars need not be tried again: the time is at most the product of the two lengths, not exponential.
    """
    at = part = 0
    star, taken_to = -1, 0
    while at < len(name):
        if part < len(parts) and parts[part] == "*":
            star, taken_to = part, at
            part += 1
        elif part < len(parts) and _matches_character(name[at], parts[part]):
            at += 1
            part += 1
        elif star >= 0:
            taken_to += 1
            at, part = taken_to, star + 1
        else:
            return False
    return all(rest == "*" for rest in parts[part:])


def _matches_character(character: str, part: str) -> bool:
    """Match one character with a question mark, a set, or a character."""
    if len(part) == 1:
        return part in ("?", character)
    is_inverted = part[1] == "!"
    members = part[1 + is_inverted : -1]
    at = 0
    while at < len(members):
        is_range = members[at + 1 : at + 2] == "-" and at + 2 < len(members)
        if members[at] <= character <= members[at + 2] if is_range else members[at] == character:
            return not is_inverted
        at += 3 if is_range else 1
    return is_inverted
