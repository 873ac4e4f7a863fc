"""The options that the commands for changing an image and its members make of a command line."""

from __future__ import annotations

import contextlib
import io
from typing import Any
from unittest import mock

from openstackclient.image.v2 import image as standard

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.images import add_project, community, remove_project, unset
from vscclient.images import set as set_image
from vscclient.images.image_change.membership import MemberResult, MemberRow, Sharing
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.visibility import Visibility
from vscclient.osc.image.add_project import AddProject
from vscclient.osc.image.community import CommunityImage
from vscclient.osc.image.remove_project import RemoveProject
from vscclient.osc.image.set import SetImage
from vscclient.osc.image.unset import UnsetImage

NOT_OURS = {"--visibility": "a leftover that the standard client refuses: it names --private and the others"}
"""Options of the standard commands that ours do not have, with the reason."""

PROJECT = NamedProject(label="VSC_1", project_id=None, resolution=Resolution.UNRESOLVED)


def _options_of(command: type[Any]) -> set[str]:
    return {text for action in parser_of(command)._actions for text in action.option_strings}


def _arguments_of(command: type[Any]) -> list[str]:
    return [action.dest for action in parser_of(command)._actions if not action.option_strings]


def _options(module: Any, command: type[Any], *words: str) -> Any:
    """Return the options of a command line; nothing else of the command runs."""
    sharing = Sharing(Image(name="rna"), (MemberRow(project=PROJECT, result=MemberResult.ADDED),))
    with mock.patch.object(module, "run", return_value=sharing) as run:
        command(mock.Mock(), None).take_action(parser_of(command).parse_args(["rna", *words]))
    return run.call_args.args[1]


class TestParser(base.BaseTestCase):
    def test_every_option_of_the_standard_command_exists(self) -> None:
        for theirs, ours in (
            (standard.SetImage, SetImage),
            (standard.UnsetImage, UnsetImage),
            (standard.AddProjectToImage, AddProject),
            (standard.RemoveProjectImage, RemoveProject),
        ):
            with self.subTest(theirs=theirs, ours=ours):
                self.assertLessEqual(_options_of(theirs) - _options_of(ours), set(NOT_OURS), ours)
                self.assertEqual(_arguments_of(theirs), _arguments_of(ours))

    def test_the_list_of_missing_options_is_up_to_date(self) -> None:
        self.assertLessEqual(set(NOT_OURS), _options_of(standard.SetImage) - _options_of(SetImage))

    def test_every_format_of_the_standard_command_is_known(self) -> None:
        theirs = {action.dest: action.choices for action in parser_of(standard.SetImage)._actions}
        ours = {action.dest: action.choices for action in parser_of(SetImage)._actions}

        for dest in ("disk_format", "container_format"):
            with self.subTest(dest=dest):
                self.assertLessEqual(set(theirs[dest] or ()), set(ours[dest] or ()))


class TestSet(base.BaseTestCase):
    def test_an_image_alone_changes_nothing(self) -> None:
        self.assertEqual(set_image.Options(image="rna"), _options(set_image, SetImage))

    def test_every_option_is_read(self) -> None:
        options = _options(
            set_image,
            SetImage,
            *"--name rna2 --container-format bare --disk-format qcow2 --min-disk 0 --min-ram 512 --community".split(),
            *"--protected --hidden --deactivate --tag a --tag b --property k=v=w --description d".split(),
            *"--architecture x86_64 --os-distro debian --os-version 12 --kernel k --ramdisk r --multi-nic".split(),
            *"--project VSC_1 --project-domain d --accept --dry-run --waive d305 --policy p --yes".split(),
            *"--file x --download --no-cache".split(),
        )

        expected = set_image.Options(
            image="rna",
            name="rna2",
            access=set_image.AccessOptions(
                visibility=Visibility.COMMUNITY,
                project="VSC_1",
                project_domain="d",
                active=False,
                hidden=True,
                answer=MemberStatus.ACCEPTED,
            ),
            attributes=set_image.Attributes(
                container_format="bare", disk_format="qcow2", min_disk_gib=0, min_ram_mib=512, protected=True
            ),
            description=set_image.Description(
                description="d",
                architecture="x86_64",
                os_distro="debian",
                os_version="12",
                kernel="k",
                ramdisk="r",
                multi_nic=True,
                properties={"k": "v=w"},
                tags=("a", "b"),
            ),
            inspect_options=set_image.InspectOptions(file="x", download=True, cache=False),
            consent=set_image.Consent(policy="p", waived=frozenset({"D305"}), dry_run=True, yes=True),
        )
        self.assertEqual(expected, options)

    def test_the_opposite_options_are_read(self) -> None:
        words = "--private --unprotected --unhidden --activate --single-nic --reject"
        options = _options(set_image, SetImage, *words.split())

        expected = set_image.Options(
            image="rna",
            access=set_image.AccessOptions(
                visibility=Visibility.PRIVATE, active=True, hidden=False, answer=MemberStatus.REJECTED
            ),
            attributes=set_image.Attributes(protected=False),
            description=set_image.Description(multi_nic=False),
        )
        self.assertEqual(expected, options)

    def test_the_older_options_of_the_standard_client_set_the_same_properties(self) -> None:
        words = "--kernel-id k --ramdisk-id r --instance-uuid i --property k=v"
        description = _options(set_image, SetImage, *words.split()).description

        newer = _options(set_image, SetImage, "--instance-id", "i").description
        self.assertEqual(("k", "r"), (description.kernel, description.ramdisk))
        self.assertEqual({"instance_id": "i", "k": "v"}, description.properties)
        self.assertEqual({"instance_id": "i"}, newer.properties)

    def test_contradicting_options_are_refused(self) -> None:
        for words in (
            "--public --private",
            "--protected --unprotected",
            "--hidden --unhidden",
            "--activate --deactivate",
            "--accept --reject",
            "--multi-nic --single-nic",
            "--min-disk -1",
            "--property novalue",
        ):
            with self.subTest(words=words):
                with contextlib.redirect_stderr(io.StringIO()):
                    leaving = self.assertRaises(SystemExit, _options, set_image, SetImage, *words.split())
                self.assertEqual(2, leaving.code)


class TestCommunity(base.BaseTestCase):
    def test_an_image_alone_changes_only_the_visibility(self) -> None:
        self.assertEqual(community.Options(image="rna"), _options(community, CommunityImage))

    def test_every_option_is_read(self) -> None:
        options = _options(
            community,
            CommunityImage,
            *"--name rna2 --min-disk 1 --protected --description d --single-nic --download --file x".split(),
            *"--dry-run --waive v104 --policy p --yes".split(),
        )

        expected = community.Options(
            image="rna",
            name="rna2",
            attributes=community.Attributes(min_disk_gib=1, protected=True),
            description=community.Description(description="d", multi_nic=False),
            inspect_options=community.InspectOptions(file="x", download=True),
            consent=community.Consent(policy="p", waived=frozenset({"V104"}), dry_run=True, yes=True),
        )
        self.assertEqual(expected, options)


class TestUnset(base.BaseTestCase):
    def test_an_image_alone_changes_nothing(self) -> None:
        self.assertEqual(unset.Options(image="rna"), _options(unset, UnsetImage))

    def test_every_option_is_read(self) -> None:
        words = "--tag a --tag b --property k --property l --dry-run --waive n201 --policy p"
        options = _options(unset, UnsetImage, *words.split())

        expected = unset.Options(
            image="rna",
            tags=("a", "b"),
            properties=("k", "l"),
            consent=unset.Consent(policy="p", waived=frozenset({"N201"}), dry_run=True),
        )
        self.assertEqual(expected, options)


class TestProjects(base.BaseTestCase):
    def test_an_image_and_a_project_set_nothing_else(self) -> None:
        for module, command in ((add_project, AddProject), (remove_project, RemoveProject)):
            with self.subTest(module=module, command=command):
                self.assertEqual(module.Options(image="rna", project="VSC_1"), _options(module, command, "VSC_1"))

    def test_every_option_is_read(self) -> None:
        words = "VSC_1 --project-domain d --dry-run --waive n201 --policy p".split()
        consent = add_project.Consent(policy="p", waived=frozenset({"N201"}), dry_run=True)
        for module, command in ((add_project, AddProject), (remove_project, RemoveProject)):
            with self.subTest(module=module, command=command):
                expected = module.Options(image="rna", project="VSC_1", project_domain="d", consent=consent)
                self.assertEqual(expected, _options(module, command, *words))
        self.assertTrue(_options(remove_project, RemoveProject, "VSC_1", "--yes").consent.yes)
