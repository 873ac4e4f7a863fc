"""Making an image: look at the data, judge, send, verify, and only then let others see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from vscclient.glance.record import record_of
from vscclient.images import access, importing, impossible
from vscclient.images.cloud import Cloud
from vscclient.images.delivery import Delivery, deliver
from vscclient.images.draft import draft, with_min_disk
from vscclient.images.judgement import Judgement
from vscclient.images.options import Form, Options
from vscclient.images.source import Source, opened
from vscclient.images.verification import NOT_VERIFIED, Verdict
from vscclient.model.amount import in_words
from vscclient.model.disk import Disk
from vscclient.model.fact import Unknown
from vscclient.model.image import Image
from vscclient.model.terminal import Terminal

__all__ = ["Created", "Form", "Options", "run"]

_PIECE_BYTES = 1024**2


@dataclass(frozen=True)
class Created:
    """What was made; after a dry run: what would be.

    Args:
        image: The image.
        verified: The algorithm by which it is proved that the cloud has the same data, or ``no``.
        warnings: Codes of the rules that warn.
    """

    image: Image
    verified: str
    warnings: tuple[str, ...]


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Created:
    """Makes an image.

    Raises:
        Usage: The options make no sense.
        UnusableFile: The file cannot be read.
        Refused: The policy is against it; nothing is left in the cloud.
        UploadFailed: It did not arrive; nothing is left, or the error says what.
        Unfinished: The image is good and private; a later step failed.
    """
    impossible.reject(options)
    with _source(options) as source:
        disk = source.disk() if source else Disk()
        if source:
            terminal.say(_summary(source))
        return _create(cloud, options, source, disk, terminal)


def _create(cloud: Cloud, options: Options, source: Source | None, disk: Disk, terminal: Terminal) -> Created:
    if options.use_import:
        importing.reject_unless_offered(cloud)
    judgement = Judgement(cloud, options, terminal)
    image = judgement.of(draft(options, disk, cloud), disk)
    _mention_namesakes(cloud, options.name, terminal)

    def complete() -> Image:
        """What only the whole data tells is judged before anybody else can see the image."""
        seen = source.disk() if source else disk
        return image if seen is disk else judgement.of(with_min_disk(image, options, seen), seen)

    if options.dry_run:
        _read_through(source, terminal)
        return Created(_as_it_would_be(complete()), NOT_VERIFIED, judgement.warnings)
    if source is None:
        made = cloud.images.create(image)
        terminal.say(f"Created {made.name} ({made.id}): {made.status}, {made.visibility}, without data.")
        return Created(made, NOT_VERIFIED, judgement.warnings)

    delivery = Delivery(image=image, source=source, complete=complete, by_import=options.use_import)
    made, verdict = deliver(cloud, delivery, terminal)
    terminal.say(_done(made, verdict))
    terminal.say(_filled_in(made, options))
    return Created(made, verdict.verified, judgement.warnings)


@contextmanager
def _source(options: Options) -> Iterator[Source | None]:
    if options.file is None:
        yield None
        return
    with opened(options.file, options.size_bytes) as source:
        yield source


def _read_through(source: Source | None, terminal: Terminal) -> None:
    """Reads a pipe to its end, for what only the end shows. A file has been looked at already."""
    if source is None or source.can_be_read_again:
        return
    with terminal.progress("reading", source.size_bytes) as progress:
        body = source.body(progress.advance)
        while body.read(_PIECE_BYTES):
            pass


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
    return f"Created {image.name} ({image.id}): {image.status}, {image.visibility}, {size}, {verdict.in_words}."


def _filled_in(image: Image, options: Options) -> str:
    filled = {
        "--disk-format": (options.disk_format, image.disk_format),
        "--min-disk": (options.min_disk_gib, image.min_disk_gib),
    }
    found = [f"{option} {value}" for option, (said, value) in filled.items() if not said and value]
    return f"Filled in: {', '.join(found)}." if found else ""
