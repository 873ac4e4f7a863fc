"""Answering an image that another project shares: taking it into the own list, or not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.identity.rescoping import rescoped
from vscclient.images import access, validation
from vscclient.images.access import Offer
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import ProjectId, Resolution
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is answered.

    Args:
        image: Its name or ID.
        status: The answer; ``PENDING`` takes an answer back.
        from_project: Name or ID of the project whose image it is, where several share one of this name.
        project: Name or ID of the project that answers; None: the one that the user is signed in to.
        project_domain: Name or ID of that project's domain.
        dry_run: Answer nothing, and say what would be.
    """

    image: str
    status: MemberStatus
    from_project: str | None = None
    project: str | None = None
    project_domain: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class _Words:
    """How an answer is told."""

    done: str
    state: str
    then: str
    command: str


_WORDS = {
    MemberStatus.ACCEPTED: _Words(
        done="Accepted", state="accepted", then="it is in your list now", command="vsc image accept"
    ),
    MemberStatus.REJECTED: _Words(
        done="Rejected", state="rejected", then="it is not in your list", command="vsc image reject"
    ),
    MemberStatus.PENDING: _Words(
        done="Answer taken back:",
        state="not answered",
        then="it is not in your list until you accept it",
        command="vsc image set --pending",
    ),
}


def run(cloud: Cloud, options: Options, terminal: Terminal) -> None:
    """Answers for the user's project, or for another one that the user is in. The same answer twice is fine.

    Raises:
        NotShared: No image of this name or ID is shared with the project.
        AmbiguousName: Several of this name are waiting for this answer.
        NotYourProject: The user is not in the project that is to answer.
        CannotActFor: The user is, but these credentials are for another one.
    """
    validation.reject_texts(*filter(None, (options.image, options.from_project, options.project)))
    cloud = _answering(cloud, options)
    offers = _offers(cloud, options)
    unlike = [offer for offer in offers if offer.status is not options.status]
    answered = [offer for offer in offers if offer.status is options.status]
    if len(unlike) > 1 and not answered:
        raise errors.AmbiguousName(options.image, _candidates(unlike))
    if answered:  # the same answer again must not take another one, which a stranger called the same
        for offer in answered:
            terminal.say(_told(cloud, options.status, offer))
        for offer in unlike:
            terminal.say(f"Another of this name: {offer.image.id} from project {_label(cloud, offer.image.owner)}")
    elif options.dry_run:
        terminal.say(f"Would be {_WORDS[options.status].state}: {unlike[0].image.label}")
    else:
        _answer(cloud, options, unlike[0].image)
        terminal.say(_told(cloud, options.status, unlike[0]))


def _answering(cloud: Cloud, options: Options) -> Cloud:
    """The cloud as the project sees it that answers."""
    if options.project is None:
        if cloud.project_id is None:
            raise errors.Usage("You are not signed in to a project: name the one that answers with --project")
        return cloud
    project = cloud.projects.named(options.project, options.project_domain)
    if project.project_id is None or project.resolution is not Resolution.OWN:
        raise errors.NotYourProject(options.project)
    return cloud if project.project_id == cloud.project_id else _acting_for(cloud, project.project_id, options)


def _acting_for(cloud: Cloud, project_id: ProjectId, options: Options) -> Cloud:
    try:
        session = rescoped(cloud.connection.session, project_id)
    except (errors.NotAllowed, errors.NotSignedIn) as refusal:
        command = f"{_WORDS[options.status].command} {shlex.quote(options.image)}"
        raise errors.CannotActFor(_label(cloud, cloud.project_id), _label(cloud, project_id), command) from refusal
    return Cloud(lambda: replace(cloud.connection, session=session))


def _offers(cloud: Cloud, options: Options) -> list[Offer]:
    """The images that are meant, at least one."""
    owner = _owner(cloud, options.from_project)
    offers = access.offers(cloud, options.image)
    if not offers:
        raise errors.NotShared(options.image, _label(cloud, cloud.project_id), ". ".join(_known(cloud, options.image)))
    wanted = [offer for offer in offers if owner in (None, offer.image.owner)]
    if not wanted:
        why = "\n".join([f"Not by project {options.from_project}, but there is:", *map(_line, offers)])
        raise errors.NotShared(options.image, _label(cloud, cloud.project_id), why)
    return wanted


def _owner(cloud: Cloud, said: str | None) -> ProjectId | None:
    if said is None:
        return None
    owner = cloud.projects.named(said).project_id
    if owner is None:
        raise errors.NoSuchProject(said)
    return owner


def _known(cloud: Cloud, said: str) -> Iterator[str]:
    """Why there is nothing to answer, where the image is there."""
    known = access.by_id(cloud, said)
    images = [known] if known else [*access.named(cloud, said), *cloud.images.find(name=said, visibility="community")]
    for image in {image.id: image for image in images}.values():
        if image.owner == cloud.project_id:
            yield f"It is your own: {image.id}"
        elif image.visibility is Visibility.PUBLIC:
            yield f"It is public, and everybody has it in the list: {image.id}"
        elif image.visibility is Visibility.COMMUNITY:
            yield f"It is a community image, and everybody can use it by its ID: {image.id}"


def _answer(cloud: Cloud, options: Options, image: Image) -> None:
    if image.id is None or cloud.project_id is None:
        return
    try:
        cloud.members.answer(image.id, cloud.project_id, options.status)
    except errors.NotThere as gone:
        why = "It was until a moment ago: its owner has just taken it back"
        raise errors.NotShared(options.image, _label(cloud, cloud.project_id), why) from gone


def _told(cloud: Cloud, status: MemberStatus, offer: Offer) -> str:
    """What was done, or why nothing was."""
    image, words = offer.image, _WORDS[status]
    what = f"{image.label} from project {_label(cloud, image.owner)}"
    if offer.status is status:
        return f"{what} is {words.state} already"
    hidden = " (with --hidden)" if image.hidden and status is MemberStatus.ACCEPTED else ""
    return f"{words.done} {what}: {words.then}{hidden}"


def _candidates(offers: list[Offer]) -> list[str]:
    lines = [_line(offer) for offer in offers]
    several_owners = len({offer.image.owner for offer in offers}) == len(offers)
    return [*lines, "or say whose: --from PROJECT"] if several_owners else lines


def _line(offer: Offer) -> str:
    return f"  {offer.image.id}  project {offer.image.owner}  {offer.status}"


def _label(cloud: Cloud, project_id: ProjectId | None) -> str:
    """A project's name and ID, as far as they are known."""
    if project_id is None:
        return "(unknown)"
    name = cloud.projects.name_of(project_id)
    return f"{name} ({project_id})" if name else project_id
