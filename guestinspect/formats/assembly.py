"""Puts together what is known of a disk."""

from __future__ import annotations

from collections.abc import Callable

from guestinspect.formats.detection import ambiguity, is_disk_format, layout_of, layout_of_head
from guestinspect.formats.ends import Ends
from guestinspect.formats.fields import CutShort
from guestinspect.formats.layout import HEADER
from guestinspect.formats.needs import Needs
from guestinspect.formats.wrapping import wrapping_of
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, Unknown, once


def disk_of(ends: Ends, walked: Callable[[], Needs]) -> Disk:
    """The facts of a disk.

    Args:
        ends: Its two ends.
        walked: Walks over its tables when called; may raise Unknown.
    """
    return Disk(
        disk_format=once(lambda: _format(ends)),
        virtual_size_bytes=once(lambda: layout_of(ends).virtual_size_bytes()),
        wrapping=once(lambda: _wrapping(ends)),
        references=once(lambda: layout_of_head(ends).references()),
        damage=once(lambda: _damage(ends, walked)),
    )


def _format(ends: Ends) -> Fact[str]:
    layout = layout_of(ends)
    return Fact(layout.name, layout.location)


def _wrapping(ends: Ends) -> Fact[str | None]:
    return Fact(None if is_disk_format(ends.head) else wrapping_of(ends.head), HEADER)


def _damage(ends: Ends, walked: Callable[[], Needs]) -> Fact[tuple[str, ...]]:
    if not ends.size_bytes:
        return Fact(("it is empty",), "size of the file")
    needs = walked()
    if contradiction := ambiguity(ends):
        needs.broken(contradiction)
    try:
        layout_of(ends).judge_ends(needs)
    except Unknown as unknown:
        needs.unseen(unknown)
    return Fact(needs.damage(ends.size_bytes) or _all_seen(ends, needs), "headers and tables")


def _all_seen(ends: Ends, needs: Needs) -> tuple[str, ...]:
    """No damage, if nothing hid some; a field that all of the file is too short for is damage."""
    obstacle = needs.obstacle(ends.size_bytes)
    if isinstance(obstacle, CutShort) and ends.size_bytes <= len(ends.head):
        return (f"it is truncated: {obstacle.why}",)
    if obstacle:
        raise Unknown(obstacle.why)
    return ()
