"""The approval of a plan: the policy allows it by the facts, and the user agrees that others lose access.

The policy is asked again whenever more facts become known. The cloud is asked for each fact once, and only if a rule
asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from guestinspect.model.fact import Fact, Provider, Unknown, once
from vscclient import errors
from vscclient.images.catalogue.catalogue import load_catalogue
from vscclient.images.cloud import Cloud, cloud_errors_as_unknown
from vscclient.images.inspection.image_data import ImageData
from vscclient.images.lookup.image import image_by_id
from vscclient.images.options.groups import Consent
from vscclient.model.facts import Facts
from vscclient.model.finding import Report, Severity
from vscclient.model.image import DEACTIVATED, WAIVED, Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, ProjectId
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Recipients, Visibility
from vscclient.policy.confusable import are_confusable
from vscclient.policy.engine import check_image, check_plan, waivers_of

OWN_PROJECTS = (
    "Members that are your own projects do not count as other people; a cloud that enforces these rules may count them."
)
"""Says that a server, which does not know the user's projects, may be stricter."""

_FOR_EVERYBODY = (Visibility.COMMUNITY, Visibility.PUBLIC)
_CLOUD = "the cloud"
_MOST_NAMED = 10
"""The number of projects that a question names; nobody would read more."""


class PolicyCheck:
    """Checks the plan for one image, first by the facts that are known before the upload, then by all.

    Args:
        facts: The facts; each is found out when a rule asks for it.
        settings: The settings of the policy.
        terminal: Shows each finding once.
    """

    def __init__(self, facts: Facts, settings: Settings, terminal: Terminal) -> None:
        self._facts = facts
        self._settings = settings
        self._terminal = terminal
        self._report = Report()
        self._mentioned_own_projects = False

    def approve(self, plan: Plan, data: ImageData | None = None) -> Plan:
        """Return the plan if the policy allows it, with the codes that were waived where others will see the image.

        Args:
            plan: The plan.
            data: The data of the image, if more is known of it by now.

        Raises:
            RefusedByPolicy: The policy refuses the plan.
        """
        facts = replace(self._facts, disk=data.disk, guest=data.guest) if data else self._facts
        report = check_plan(plan, facts, self._settings)
        self._terminal.findings(report.without(self._report))
        self._report = report
        if report.stops:
            raise errors.RefusedByPolicy(report)
        if plan.relies_on_own_projects and not plan.only_narrows and not self._mentioned_own_projects:
            self._mentioned_own_projects = True
            self._terminal.say(OWN_PROJECTS)
        return replace(plan, image=self._with_waivers(plan, facts, report))

    def _with_waivers(self, plan: Plan, facts: Facts, report: Report) -> Image:
        """Return the image with the codes that are waived now, and those that were and are still broken.

        An image that nobody else sees has no waivers: its rules are not even asked.
        """
        old = plan.image.waived
        properties = {key: value for key, value in plan.image.properties.items() if key != WAIVED}
        if plan.image.visibility is not Visibility.PRIVATE:
            waived = {finding.code for finding in report.findings if finding.waived}
            if old:
                findings = check_image(plan, facts, self._settings).findings
                waived |= old.intersection(chain.from_iterable(waivers_of(one, plan.image) for one in findings))
            if waived:
                properties[WAIVED] = ",".join(sorted(waived))
        return replace(plan.image, properties=properties)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The codes of the rules that warn, or that were waived."""
        return tuple(dict.fromkeys(finding.code for finding in self._report.at_least(Severity.WARNING)))


def confirm_loss(plan: Plan, consent: Consent, terminal: Terminal) -> str:
    """Ask the user if the plan takes access from others; return who loses it, in words, or an empty text.

    Args:
        plan: The plan.
        consent: What the user agreed to already.
        terminal: Asks the user.

    Raises:
        NotConfirmed: The user does not agree, or cannot be asked.
    """
    loss = describe_loss(plan)
    if loss and not consent.yes and not consent.dry_run and not terminal.confirm(f"{loss}. Go on?"):
        raise errors.NotConfirmed(loss)
    return loss


def describe_loss(plan: Plan) -> str:
    """Return who loses access by the plan, as sentences without the last full stop; empty if nobody does."""
    if plan.before is None:
        return ""
    return ". ".join(filter(None, (_describe_access_lost(plan, plan.before), _describe_data_lost(plan, plan.before))))


def _describe_access_lost(plan: Plan, before: Image) -> str:
    label, old, new = before.label, before.visibility, plan.image.visibility
    if old in _FOR_EVERYBODY and new not in _FOR_EVERYBODY:
        everybody = "Everybody except the projects that it is shared with"
        return f"{everybody if new is Visibility.SHARED else 'Everybody else'} loses access to {label}"
    if old is Visibility.PUBLIC and new is Visibility.COMMUNITY:
        return f"{label} disappears from everybody's default list and remains only in the list of community images"
    if old is not Visibility.SHARED or new in _FOR_EVERYBODY:
        return ""
    kept = {member.key for member in plan.members} if new is Visibility.SHARED else set()
    losing = [member for member in plan.members_before if member.key not in kept]
    verb = "loses" if len(losing) == 1 else "lose"
    return f"{name_projects(losing)} {verb} access to {label}" if losing else ""


def _describe_data_lost(plan: Plan, before: Image) -> str:
    """Return who could use an image that is deactivated, and could still see it."""
    if plan.image.status != DEACTIVATED or before.status == DEACTIVATED:
        return ""
    until = f"the data of {before.label} until it is reactivated"
    if before.visibility in _FOR_EVERYBODY and plan.image.visibility in _FOR_EVERYBODY:
        return f"Everybody loses access to {until}"
    if not plan.members or before.visibility is not Visibility.SHARED:
        return ""
    return f"{name_projects(plan.members)} {'loses' if len(plan.members) == 1 else 'lose'} access to {until}"


def describe_hiding(plan: Plan) -> str:
    """Return who no longer finds an image in lists because the plan hides it, as a sentence; empty if it does not."""
    before, image = plan.before, plan.image
    if before is None or before.hidden or not image.hidden:
        return ""
    if image.visibility in _FOR_EVERYBODY:
        lists = "in any list"
    elif plan.members and image.visibility is Visibility.SHARED:
        projects = name_projects(plan.members)
        lists = f"in the lists of its own project and of {projects[0].lower()}{projects[1:]}"
    else:
        lists = "in the lists of its own project"
    return f"{image.label} no longer appears {lists}, except with --hidden. Nobody loses access to it."


def name_projects(projects: Iterable[NamedProject]) -> str:
    """Return projects for a sentence: ``Project A``, ``Projects A, B and 3 more``."""
    labels = [project.label for project in projects]
    named, more = labels[:_MOST_NAMED], len(labels) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{'Project' if len(labels) == 1 else 'Projects'} {', '.join(named)}{rest}"


def make_facts(cloud: Cloud, data: ImageData, settings: Settings) -> Facts:
    """Return the facts for a user who is signed in.

    Args:
        cloud: The user's cloud.
        data: The data of the image: its disk, and the guest on it.
        settings: The settings, with the publishing role.
    """
    facts = _CloudFacts(cloud)
    return Facts(
        disk=data.disk,
        guest=data.guest,
        is_staff=once(lambda: cloud.has_role(settings.publishing_role)),
        project_id=once(facts.project_id),
        public_namesakes=facts.public_namesakes,
        reach_of=facts.recipients,
        property_definitions=once(lambda: load_catalogue(cloud, settings.trusted_namespaces)),
    )


class _CloudFacts:
    """The facts of a cloud; a list, and an image, is requested once."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._public_images = once(self.public_images)
        self._recipients: dict[str, Provider[Recipients | None]] = {}

    def project_id(self) -> Fact[ProjectId | None]:
        """Return the project of the user."""
        project_id = self._cloud.project_id
        if project_id is None:
            raise Unknown("your project is unknown with this way of signing in")
        return Fact(project_id, "the token")

    def public_images(self) -> Fact[tuple[Image, ...]]:
        """Return all public images, hidden ones too: Glance lists either these or those."""
        public = str(Visibility.PUBLIC)
        with cloud_errors_as_unknown():
            images = [
                image
                for hidden in (False, True)
                for image in self._cloud.images.find(visibility=public, os_hidden=hidden)
            ]
            return Fact(tuple(images), "the list of public images")

    def public_namesakes(self, name: str) -> Fact[tuple[Image, ...]]:
        """Return the public images whose name is this one, or can be confused with it."""
        public = self._public_images()
        alike = (image for image in public.value if image.name is not None and are_confusable(image.name, name))
        return Fact(tuple(alike), public.location)

    def recipients(self, image_id: str) -> Fact[Recipients | None]:
        """Return the recipients of an image; None if it does not exist."""
        return self._recipients.setdefault(image_id, once(lambda: self._find_recipients(image_id)))()

    def _find_recipients(self, image_id: str) -> Fact[Recipients | None]:
        with cloud_errors_as_unknown():
            image = image_by_id(self._cloud, image_id)  # None for a text like ``..``, which no image can have as its ID
            if image is None:
                return Fact(None, _CLOUD)
            is_shared = image.visibility is Visibility.SHARED
            members = frozenset(member.id for member in self._cloud.members.of(image_id)) if is_shared else frozenset()
            return Fact(
                Recipients(visibility=image.visibility, owner=image.owner, members=members, status=image.status), _CLOUD
            )
