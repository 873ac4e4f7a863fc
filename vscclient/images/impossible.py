"""What no cloud could do, said before anything is asked of one."""

from __future__ import annotations

from uuid import UUID

from vscclient import errors
from vscclient.images.options import Options
from vscclient.policy.registry import rules

NAME_LIMIT = 255
"""Characters. Source: Image API v2, ``name``."""


def reject(options: Options) -> None:
    """Rejects options that make no sense.

    Raises:
        Usage: They do not.
    """
    _reject_source(options)
    form = [value for value in vars(options.form).values() if isinstance(value, str)]
    for said in (options.name, *options.tags, *options.properties, *options.properties.values(), *form):
        reject_text(said)
    _reject_name(options.name)
    if options.image_id is not None:
        _reject_wrong_id(options.image_id)
    _reject_waivers(options.waived)


def _reject_source(options: Options) -> None:
    if options.file is not None and options.no_data:
        raise errors.Usage("--file and --no-data contradict each other")
    if options.file == "":
        raise errors.Usage("--file is empty; name the file")
    if options.file is None and not options.no_data:
        raise errors.Usage(
            "Say where the data is: --file FILE, --file - (standard input), or --no-data for a record without any"
        )
    if options.file is None and (options.size_bytes is not None or options.use_import):
        raise errors.Usage("--size and --import are about data: name it with --file")


def _reject_name(name: str) -> None:
    if not name:
        raise errors.Usage("The name is empty")
    if len(name) > NAME_LIMIT:
        raise errors.Usage(f"The name has {len(name)} characters; {NAME_LIMIT} are allowed")


def reject_text(said: str) -> None:
    """Rejects words in another encoding than the terminal's: they come as lone surrogates, which no service takes.

    Raises:
        Usage: They were not.
    """
    try:
        said.encode("utf-8")
    except UnicodeEncodeError:
        raise errors.Usage(f"'{said}' is not valid text (UTF-8)") from None


def _reject_waivers(waived: frozenset[str]) -> None:
    waivable = {rule.code: rule.is_waivable for rule in rules()}
    for code in sorted(waived):
        if code not in waivable:
            raise errors.Usage(f"No rule has the code {code}; there are: {', '.join(waivable)}")
        if not waivable[code]:
            raise errors.Usage(f"{code} cannot be waived: nobody could use such an image, or it is not yours to decide")


def _reject_wrong_id(said: str) -> None:
    try:
        UUID(said)
    except ValueError:
        raise errors.Usage(
            f"'{said}' is not an ID: 32 hexadecimal digits in groups of 8-4-4-4-12 (uuidgen makes one)"
        ) from None
