"""What no cloud could do, said before anything is asked of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from vscclient import errors
from vscclient.images.options import Form, Options
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.registry import rules

NAME_LIMIT = 255
"""Characters. Source: Image API v2, ``name``."""


def reject(options: Options, settings: Settings) -> None:
    """Rejects options that make no sense.

    Raises:
        Usage: They do not.
    """
    _reject_source(options)
    _reject_projects(options)
    reject_words(options.properties, options.tags, options.form)
    reject_texts(*options.share_with, options.project or "", options.project_domain or "")
    reject_name(options.name)
    if options.image_id is not None:
        _reject_wrong_id(options.image_id)
    reject_waivers(options.consent.waived, settings)


def _reject_projects(options: Options) -> None:
    if options.share_with and options.visibility not in (None, Visibility.SHARED):
        raise errors.Usage(f"--share-with and --{options.visibility} contradict each other: say --shared, or nothing")


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


def reject_name(name: str) -> None:
    """Rejects a name that no image can have.

    Raises:
        Usage: It is one.
    """
    reject_texts(name)
    if not name:
        raise errors.Usage("The name is empty")
    if len(name) > NAME_LIMIT:
        raise errors.Usage(f"The name has {len(name)} characters; {NAME_LIMIT} are allowed")


def reject_words(properties: Mapping[str, str], tags: Iterable[str], form: Form) -> None:
    """Rejects what no image can say of itself.

    Raises:
        Usage: Something is that.
    """
    reject_keys(*properties)
    reject_texts(*tags, *properties, *properties.values())
    reject_texts(*(said for said in vars(form).values() if isinstance(said, str)))


def reject_keys(*keys: str) -> None:
    """Rejects names of properties that the Image service takes for others: it strips what stands around them, so that
    ``' visibility'`` publishes.

    Raises:
        Usage: One is such a name.
    """
    for key in keys:
        if key != key.strip() or not key.isprintable():
            raise errors.Usage(f"'{key}' is no name of a property: it has spaces around it, or control characters")


def reject_texts(*texts: str) -> None:
    """Rejects words in another encoding than the terminal's: they come as lone surrogates, which no service takes.

    Raises:
        Usage: One is such a word.
    """
    for said in texts:
        try:
            said.encode("utf-8")
        except UnicodeEncodeError:
            raise errors.Usage(f"'{said}' is not valid text (UTF-8)") from None


def reject_waivers(waived: frozenset[str], settings: Settings) -> None:
    """Rejects codes that no rule has, or that no waiver lifts. One that would not be needed does no harm.

    Raises:
        Usage: There is such a code.
    """
    found = {rule.code: rule for rule in rules()}
    for code in sorted(waived):
        if code not in found:
            raise errors.Usage(f"No rule has the code {code}; there are: {', '.join(found)}")
        if found[code].is_absolute(settings):
            raise errors.Usage(f"{code} cannot be waived: nobody could use such an image, or it is not yours to decide")


def _reject_wrong_id(said: str) -> None:
    try:
        UUID(said)
    except ValueError:
        raise errors.Usage(
            f"'{said}' is not an ID: 32 hexadecimal digits in groups of 8-4-4-4-12 (uuidgen makes one)"
        ) from None
