"""D301."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import DISK_FORMATS, UNPACKED_BY_CLOUD, Content, Disk
from vscclient.model.content import content_of_boot_part, has_disk, is_unpacked_by_user
from vscclient.model.facts import Facts
from vscclient.model.fix import FileAction, Fix, OnFile, Recreate, SetField, UnsetField, then_recreate
from vscclient.model.image import COMPRESSED
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere
from vscclient.policy.verb_tense import is_or_would_be

_PURPOSES = {
    "aki": "a kernel",
    "ari": "a ramdisk",
    "ami": "a file system or a raw disk",
    "ova": "a tar archive that begins with an OVF descriptor",
    "docker": "a tar archive",
    COMPRESSED: "a gzip, or a zip or lha with one file",
}
"""The data that a format is for. Sources: Glance, «Disk and Container Formats»; for ``compressed``, the files that its
plugin and Cinder unpack; for ``ova``, the OVF specification (DSP0243)."""

_CONTENTS = {"aki": Content.KERNEL, "ari": Content.RAMDISK}
_REPORTED_BY_D304 = (Content.OVA, Content.ARCHIVE)
_FORMAT_OF_CONTENT = {Content.KERNEL: "aki", Content.RAMDISK: "ari", Content.OVA: "ova"}


class FormatMatchesFile(Rule):
    """The disk format of the image is the format of the file, and the data fits the container format.

    A plain disk fits the container formats ``bare`` and ``ovf``. The others are for other data: ``aki`` for a kernel,
    ``ari`` for a ramdisk, ``ami`` for a file system or a raw disk, ``ova`` for a tar archive that begins with an OVF
    descriptor, ``docker`` for a tar archive, ``compressed`` for a gzip, or a zip or lha with one file.

    Why: the hypervisor trusts the disk format; with a wrong one, the image does not boot.
    Fix: do not set the formats of a new image: the disk format is detected from the file, and the container format of a
    disk is ``bare``. The formats of an image in the cloud are fixed: make a new image.
    """

    code = "D301"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"disk_format": "vmdk"}, disk={"disk_format": "vmdk"})

    @staticmethod
    def bad() -> Example:
        return case(image={"disk_format": "qcow2"}, disk={"disk_format": "vmdk"})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        image, disk = plan.image, facts.disk
        for field, declared in (("container_format", image.container_format), ("disk_format", image.disk_format)):
            if declared in _PURPOSES and not _fits(declared, field, plan, disk):
                yield self.mismatch(field, plan, disk)
                return
        if image.disk_format is None or image.disk_format in _PURPOSES:
            return
        is_disk = has_disk(image, disk)
        if is_disk and disk.archive_format().value and image.container_format != COMPRESSED:  # D304 reports it
            return
        found = disk.disk_format()
        if found.value != image.disk_format and (image.disk_format, found.value) != ("raw", "qcow2"):  # D307 reports it
            yield Flaw(
                message=f"the disk format {is_or_would_be(plan, 'disk_format')} {image.disk_format}, "
                f"but the file is {found.value}",
                location=found.location,
                fix=_fix(found.value, plan),
            )

    @staticmethod
    def mismatch(field: str, plan: Plan, disk: Disk) -> Flaw:
        """Return the flaw of data that does not fit a format which is not that of a plain disk."""
        content = disk.content()
        declared = getattr(plan.image, field)
        fix = Fix.by(Recreate())
        if not plan.has_data:
            found = disk.disk_format().value
            detected = found if found in DISK_FORMATS else "raw"
            fix = Fix.by(
                SetField("container_format", _FORMAT_OF_CONTENT.get(content.value, "bare")),
                SetField("disk_format", _FORMAT_OF_CONTENT.get(content.value, detected)),
            )
        return Flaw(
            message=f"the {field.replace('_', ' ')} {is_or_would_be(plan, field)} {declared}, "
            f"which is for {_PURPOSES[declared]}, but the data is {_in_words(content.value, disk)}",
            location=content.location,
            fix=fix,
        )


def _fits(declared: str, field: str, plan: Plan, disk: Disk) -> bool:
    """Check whether the data fits a format that is not that of a plain disk. D304 reports archives in a wrong place."""
    archive_format = disk.archive_format().value
    match declared:
        case "aki" | "ari":
            content = content_of_boot_part(disk)
            return content is _CONTENTS[declared] or content in _REPORTED_BY_D304
        case "ami":
            content = disk.content().value
            is_raw = field == "container_format" or disk.disk_format().value == "raw"
            return content in _REPORTED_BY_D304 or (is_raw and content not in _FORMAT_OF_CONTENT)
        case "compressed":
            return archive_format in UNPACKED_BY_CLOUD
    return is_unpacked_by_user(plan.image, disk)


def _in_words(content: Content, disk: Disk) -> str:
    match content:
        case Content.ARCHIVE:
            return f"a {disk.archive_format().value} file"
        case Content.KERNEL | Content.RAMDISK:
            return f"a {content}"
        case Content.OVA:
            return "an OVA"
        case Content.DISK:
            return f"a {disk.disk_format().value} disk"
    return "no such file"


def _fix(found: str, plan: Plan) -> Fix:
    if found not in DISK_FORMATS:
        return then_recreate(plan, OnFile(FileAction.CONVERT, "qcow2"))
    if plan.has_data:
        return Fix.by(Recreate())
    correct = Fix.by(SetField("disk_format", found))
    return correct if plan.before else Fix.by(UnsetField("disk_format")) | correct
