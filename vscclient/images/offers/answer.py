"""Answering an offer: accepting or rejecting an image that another project shares, or withdrawing the answer."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.identity.rescoping import rescope
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.project import project_label
from vscclient.images.offers.offer import Offer, find_offers
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import Resolution
from vscclient.model.terminal import Terminal


@dataclass(frozen=True, kw_only=True)
class AnswerOptions:
    """The offer to answer.

    Args:
        image: Name or ID of the image.
        from_project: Name or ID of the project that shares it, where several share an image of this name.
        project: Name or ID of the project that answers; None: the one that the user is signed in to.
        project_domain: Name or ID of that project's domain.
        dry_run: Change nothing; report what would be done.
    """

    image: str
    from_project: str | None = None
    project: str | None = None
    project_domain: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class _Wording:
    """The words in which an answer is reported."""

    done: str
    state: str
    effect: str
    command: str


_WORDINGS = {
    MemberStatus.ACCEPTED: _Wording(
        done="Accepted", state="accepted", effect="it is in your list now", command="vsc image accept"
    ),
    MemberStatus.REJECTED: _Wording(
        done="Rejected", state="rejected", effect="it is not in your list", command="vsc image reject"
    ),
    MemberStatus.PENDING: _Wording(
        done="Withdrew the answer to",
        state="pending",
        effect="it is not in your list until you accept it",
        command="vsc image set --pending",
    ),
}


def answer_offer(cloud: Cloud, options: AnswerOptions, status: MemberStatus, terminal: Terminal) -> None:
    """Answer an offer for the user's project, or for another project of the user. The same answer twice is fine.

    ``PENDING`` withdraws an earlier answer.

    Raises:
        NotShared: No image of this name or ID is shared with the project.
        AmbiguousName: Several offers of this name can get this answer.
        NotYourProject: The user does not belong to the project that is to answer.
        CannotActFor: The user does, but the credentials are for another project.
    """
    cloud = _cloud_of_answering_project(cloud, options, status)
    offers = find_offers(cloud, options.image, options.from_project)
    answered = [offer for offer in offers if offer.status is status]
    others = [offer for offer in offers if offer.status is not status]
    if answered:  # repeating an answer must not accept another image, which a stranger gave the same name
        for offer in answered:
            terminal.say(f"{_labels(cloud, offer)} is {_WORDINGS[status].state} already")
        for offer in others:
            owner = project_label(cloud, offer.image.owner)
            terminal.say(f"Another image with this name: {offer.image.id} from project {owner}")
    elif len(others) > 1:
        lines = [offer.line for offer in others]
        is_one_each = len({offer.image.owner for offer in others}) == len(others)  # else the owner does not choose one
        if is_one_each and status is not MemberStatus.PENDING:  # set --pending has no --from
            command = f"openstack {_WORDINGS[status].command} --from PROJECT {shlex.quote(options.image)}"
            lines.append(f"or choose one: {command}")
        raise errors.AmbiguousName(options.image, lines)
    elif options.dry_run:
        terminal.say(f"Would be {_WORDINGS[status].state}: {others[0].image.label}")
    else:
        _answer(cloud, options, others[0], status)
        hidden = " (with --hidden)" if others[0].image.hidden and status is MemberStatus.ACCEPTED else ""
        terminal.say(f"{_WORDINGS[status].done} {_labels(cloud, others[0])}: {_WORDINGS[status].effect}{hidden}")


def _cloud_of_answering_project(cloud: Cloud, options: AnswerOptions, status: MemberStatus) -> Cloud:
    if options.project is None:
        if cloud.project_id is None:
            raise errors.UsageError("You are not signed in to a project; name the project that answers with --project")
        return cloud
    project = cloud.projects.resolve(options.project, options.project_domain)
    if project.project_id is None or project.resolution is not Resolution.OWN:
        raise errors.NotYourProject(options.project)
    if project.project_id == cloud.project_id:
        return cloud
    try:
        session = rescope(cloud.connection.session, project.project_id)
    except (errors.NotAllowed, errors.NotSignedIn) as refusal:
        own, other = (project_label(cloud, project_id) for project_id in (cloud.project_id, project.project_id))
        command = f"{_WORDINGS[status].command} {shlex.quote(options.image)}"
        raise errors.CannotActFor(own, other, command) from refusal
    return Cloud(lambda: replace(cloud.connection, session=session))


def _answer(cloud: Cloud, options: AnswerOptions, offer: Offer, status: MemberStatus) -> None:
    if offer.image.id is None or cloud.project_id is None:
        return
    try:
        cloud.members.answer(offer.image.id, cloud.project_id, status)
    except errors.NotFound as withdrawn:
        reason = "Its owner has just stopped sharing it"
        raise errors.NotShared(options.image, project_label(cloud, cloud.project_id), reason) from withdrawn


def _labels(cloud: Cloud, offer: Offer) -> str:
    return f"{offer.image.label} from project {project_label(cloud, offer.image.owner)}"
