"""The coverage of an audit: how many images it checked, and how many it could not see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vscclient.images.audit_rows.audited import Audited
from vscclient.images.audit_rows.rows import Row


def summary(audited: Sequence[Audited], before: Iterable[Row]) -> str:
    """Return the numbers of images in a sentence.

    Args:
        audited: The images.
        before: The rows of an earlier audit, whose images may be gone, or no longer visible.
    """
    checked = [one for one in audited if one.checked is not None]
    in_part = sum(bool(one.unknown) for one in checked)
    hidden = sum(one.image is not None and one.image.hidden for one in audited)
    numbers = {
        "checked completely": len(checked) - in_part,
        "checked in part": in_part,
        "not checked": len(audited) - len(checked),
    }
    counted = ", ".join(f"{number} {words}" for words, number in numbers.items() if number)
    covered = f"Audited {_images(len(audited))}" + (f", {hidden} of them hidden" if hidden else "")
    sentence = f"{covered}: {counted}." if counted else f"{covered}."
    missing = len({row["ID"] for row in before if row["ID"]} - {one.image.id for one in audited if one.image})
    if not missing:
        return sentence
    return f"{sentence} {_images(missing)} of the baseline {'was' if missing == 1 else 'were'} not found."


def _images(number: int) -> str:
    return f"{number or 'no'} image{'' if number == 1 else 's'}"
