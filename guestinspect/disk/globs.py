"""Shell patterns of a guest's files, matched in bounded time.

Python's fnmatch makes a regular expression of a pattern: one of 100 KiB, or 10,000 short ones, take it minutes.
"""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable

_MOST_LETTERS = 4096


def fnmatchcase(name: str, pat: str) -> bool:
    """Whether a name fits a pattern of ``*``, ``?``, ``[a-z]`` and ``[!a-z]``, as fnmatch's function of this name says.

    Raises:
        Unreadable: The pattern is too long.
    """
    if "[" not in pat:
        if len(pat) - pat.count("*") > len(name):
            return False
        before, star, behind = pat.partition("*")
        if "?" not in pat and "*" not in behind:
            return name.startswith(before) and name.endswith(behind) if star else name == pat
    if len(pat) > _MOST_LETTERS:
        raise Unreadable("a pattern", f"it is longer than {_MOST_LETTERS} letters")
    return _fits(name, _parts(pat))


def _parts(pattern: str) -> list[str]:
    """The stars, question marks, sets and letters of a pattern; stars that follow one another are one."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        ends = _end_of_set(pattern, at) if pattern[at] == "[" else at + 1
        part = pattern[at:ends]
        if part != "*" or parts[-1:] != ["*"]:
            parts.append(part)
        at = ends
    return parts


def _end_of_set(pattern: str, at: int) -> int:
    """Where a set ends; a bracket that is never closed is a letter. One right after the first is in the set."""
    begins = at + 2 if pattern[at + 1 : at + 2] == "!" else at + 1
    closed = pattern.find("]", begins + 1)
    return at + 1 if closed < 0 else closed + 1


def _fits(name: str, parts: list[str]) -> bool:
    """Goes along the name; where it does not fit, the last star takes one letter more."""
    at = part = 0
    star, taken_to = -1, 0
    while at < len(name):
        if part < len(parts) and parts[part] == "*":
            star, taken_to = part, at
            part += 1
        elif part < len(parts) and _is_letter(name[at], parts[part]):
            at += 1
            part += 1
        elif star >= 0:
            taken_to += 1
            at, part = taken_to, star + 1
        else:
            return False
    return all(rest == "*" for rest in parts[part:])


def _is_letter(letter: str, part: str) -> bool:
    if len(part) == 1:
        return part in ("?", letter)
    said = part[1:-1]
    inverted = said.startswith("!")
    return _is_in(letter, said[inverted:]) is not inverted


def _is_in(letter: str, said: str) -> bool:
    at = 0
    while at < len(said):
        if said[at + 1 : at + 2] == "-" and at + 2 < len(said):
            if said[at] <= letter <= said[at + 2]:
                return True
            at += 3
        else:
            if said[at] == letter:
                return True
            at += 1
    return False
