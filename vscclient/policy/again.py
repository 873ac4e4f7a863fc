"""How the data of an image is mended: once it is in the cloud it cannot be replaced, and a new image has to be made."""

from __future__ import annotations

from vscclient.model.plan import Plan

NEW_IMAGE = "openstack vsc image create NAME --file FILE"


def has_data(plan: Plan) -> bool:
    """Whether the image is in the cloud already: its data and its formats cannot be changed any more."""
    return plan.before is not None and plan.before.status != "queued"


def again(plan: Plan, fix: str) -> str:
    """How to mend the data of an image, in words."""
    return f"{fix}, and make a new image of it: {NEW_IMAGE}" if has_data(plan) else fix


def again_by(plan: Plan, command: str) -> str:
    """The same by a command. What is said beside it is a comment to a shell: the line can be copied."""
    return f"{command}  # then make a new image of it: {NEW_IMAGE}" if has_data(plan) else command
