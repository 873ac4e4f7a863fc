"""Making an image: look at the data, judge, send, verify, and only then let others see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.glance.record import record_of
from vscclient.images import access, impossible
from vscclient.images.changing import membership
from vscclient.images.changing.membership import Shared
from vscclient.images.cloud import Cloud
from vscclient.images.data import importing
from vscclient.images.data.delivery import Delivery, deliver
from vscclient.images.data.source import Source, opened, read_through
from vscclient.images.data.verification import NOT_VERIFIED, Verdict
from vscclient.images.draft import draft, with_min_disk
from vscclient.images.interruption import orderly
from vscclient.images.judging.facts import facts_of
from vscclient.images.judging.judgement import Judgement
from vscclient.images.judging.site import settings_of
from vscclient.images.options import Form, Options, Terms
from vscclient.model.amount import in_words
from vscclient.model.disk import Disk
from vscclient.model.fact import Unknown
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal

__all__ = ["Created", "Form", "Options", "Terms", "run"]


@dataclass(frozen=True)
class Created:
    """What was made; after a dry run: what would be.

    Args:
        image: The image.
        verified: The algorithm by which it is proved that the cloud has the same data, or ``no``.
        warnings: Codes of the rules that warn.
        failure: The image is complete, but could not be shared with all.
    """

    image: Image
    verified: str
    warnings: tuple[str, ...]
    failure: errors.Error | None = None


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Created:
    """Makes an image.

    Raises:
        Usage: The options make no sense.
        UnusableFile: The file cannot be read.
        Refused: The policy is against it; nothing is left in the cloud.
        UploadFailed: It did not arrive; nothing is left, or the error says what.
        Unfinished: The image is good and private; a later step failed.
    """
    settings = settings_of(options.terms.policy)
    impossible.reject(options, settings)
    with _source(options) as source:
        disk = source.disk() if source else Disk()
        if source:
            terminal.say(_summary(source))
        judgement = Judgement(facts_of(cloud, disk, settings), settings, terminal)
        return _create(cloud, options, source, judgement, terminal)


def _create(cloud: Cloud, options: Options, source: Source | None, judgement: Judgement, terminal: Terminal) -> Created:
    if options.use_import:
        importing.reject_unless_offered(cloud)
    disk = source.disk() if source else Disk()
    members = tuple(cloud.projects.named(said, options.project_domain) for said in options.share_with)
    planned = Plan(
        image=draft(options, disk, cloud), members=members, properties=options.properties, waived=options.terms.waived
    )
    plan = judgement.of(planned)
    _mention_namesakes(cloud, options.name, terminal)

    def complete() -> Image:
        """What only the whole data tells is judged before anybody else can see the image."""
        seen = source.disk() if source else disk
        if seen is disk:
            return plan.image
        return judgement.of(replace(plan, image=with_min_disk(plan.image, options, seen)), seen).image

    if options.terms.dry_run:
        if source:
            read_through(source, terminal)
        return Created(_as_it_would_be(complete()), NOT_VERIFIED, judgement.warnings)
    if source is None:
        made, verified = cloud.images.create(plan.image), NOT_VERIFIED
        terminal.say(f"Created {made.label}: {made.status}, {made.visibility}, without data.")
    else:
        delivery = Delivery(image=plan.image, source=source, complete=complete, by_import=options.use_import)
        made, verdict = deliver(cloud, delivery, terminal)
        verified = verdict.verified
        terminal.say(_done(made, verdict))
        terminal.say(_filled_in(made, options))
    return Created(made, verified, judgement.warnings, _share(cloud, made, members, terminal))


def _share(cloud: Cloud, image: Image, members: tuple[NamedProject, ...], terminal: Terminal) -> errors.Error | None:
    """Shares the image, which is complete; returns what went wrong."""
    with orderly():
        shared = Shared(image, tuple(membership.add(cloud, image, members, terminal)))
    shared.say(terminal)
    finish = " ".join(row.project.said for row in shared.failed)
    if not finish:
        return None
    return errors.NotSharedWithAll(str(image.name), shared.whys, f"openstack vsc image share {image.id} {finish}")


@contextmanager
def _source(options: Options) -> Iterator[Source | None]:
    if options.file is None:
        yield None
        return
    with opened(options.file, options.size_bytes) as source:
        yield source


def _as_it_would_be(image: Image) -> Image:
    """The image with the record that Glance would have of it."""
    fields = {"min_disk": image.min_disk_gib, "min_ram": image.min_ram_mib}
    return replace(image, record=fields | record_of(image))


def _mention_namesakes(cloud: Cloud, name: str, terminal: Terminal) -> None:
    for other in access.own(cloud, name):
        terminal.say(f"You have an image with this name already: {name} ({other.id}). From now on use IDs")


def _summary(source: Source) -> str:
    """``rna.qcow2: qcow2, 40 GiB disk, 11.2 GiB to send``; what is not known is left out."""
    disk, parts = source.disk(), []
    try:
        wrapping = disk.wrapping().value
        parts.append(wrapping or disk.disk_format().value)
        if wrapping is None:
            parts.append(f"{in_words(disk.virtual_size_bytes().value)} disk")
    except Unknown:
        pass
    if source.size_bytes is not None:
        parts.append(f"{in_words(source.size_bytes)} to send")
    return f"{source.label}: {', '.join(parts) or 'raw, as far as can be seen'}"


def _done(image: Image, verdict: Verdict) -> str:
    size = in_words(image.size_bytes or 0)
    return f"Created {image.label}: {image.status}, {image.visibility}, {size}, {verdict.in_words}."


def _filled_in(image: Image, options: Options) -> str:
    filled = {
        "--disk-format": (options.disk_format, image.disk_format),
        "--min-disk": (options.min_disk_gib, image.min_disk_gib),
    }
    found = [f"{option} {value}" for option, (said, value) in filled.items() if not said and value]
    return f"Filled in: {', '.join(found)}." if found else ""
