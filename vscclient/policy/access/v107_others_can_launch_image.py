"""V107."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, Reference, UnsetField
from vscclient.model.image import BLOCK_DEVICE_MAPPING
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case, project
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere

_SHARED = {"visibility": Visibility.SHARED}
_SNAPSHOT = {"size_bytes": 0, "properties": {BLOCK_DEVICE_MAPPING: '[{"source_type": "snapshot"}]'}}


class OthersCanLaunchImage(Rule):
    """Others can launch the image: it is not a snapshot of an instance whose root disk is a volume.

    The snapshot of such an instance has no data of its own; it names snapshots of volumes (``block_device_mapping``).
    This counts for your own projects, too. A mapping that names another image is refused likewise.

    Why: volumes and their snapshots stay in their project; the launch of an instance fails in every other project. With
    another image in its mapping, an instance boots a disk that was not checked with the image.
    Fix: make an image of the volume, which copies its data. Or launch an instance without a new volume, and use a
    snapshot of that instance.
    """

    code = "V107"
    # A private image has no members, but one that is shared with own projects only is checked as a private one.
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(image=_SHARED | {"size_bytes": 2**30}, plan={"members": (project(),)})

    @staticmethod
    def bad() -> Example:
        return case(image=_SHARED | _SNAPSHOT, plan={"members": (project(),)})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        image = plan.image
        if image.is_volume_snapshot:
            reason = "it is a snapshot of a volume-backed instance"
            fix = Fix.by(Advice("make an image of the volume", Reference.VOLUME)) | Fix.by(
                Advice("use a snapshot of an instance that was launched without a volume")
            )
        elif "volumes" in image.mapped_sources:
            reason = f"its {BLOCK_DEVICE_MAPPING} names volumes or volume snapshots of its own project"
            fix = Fix.by(UnsetField(BLOCK_DEVICE_MAPPING))
        elif image.mapped_sources and plan.reach.has_others:
            yield Flaw(
                message=f"the {BLOCK_DEVICE_MAPPING} of the image names other images: "
                "an instance gets their disks, which are not checked with this image",
                fix=Fix.by(UnsetField(BLOCK_DEVICE_MAPPING)),
            )
            return
        else:
            return
        if image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
            yield Flaw(message=f"other projects cannot launch the image: {reason}", fix=fix)
        elif image.visibility is Visibility.SHARED:
            # A flaw for each member: to remove one of them causes no new flaw, to add one does.
            for member in plan.members:
                yield Flaw(message=f"project {member.label} cannot launch the image: {reason}", fix=fix)
