"""What the parsers of the commands that change an image and its members make of words."""

from __future__ import annotations

import contextlib
import io
from typing import Any
from unittest import mock

from openstackclient.image.v2 import image as standard

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.images import share, unshare, update
from vscclient.images.image_change.membership import Shared
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility
from vscclient.osc.image.add_project import AddProject
from vscclient.osc.image.remove_project import RemoveProject
from vscclient.osc.image.set import SetImage
from vscclient.osc.image.unset import UnsetImage

NOT_OURS = {"--visibility": "a leftover that the standard client refuses: it names --private and the others"}
"""Options of the standard commands that ours do not have, with the reason."""


def _options_of(command: type[Any]) -> set[str]:
    return {text for action in parser_of(command)._actions for text in action.option_strings}


def _arguments_of(command: type[Any]) -> list[str]:
    return [action.dest for action in parser_of(command)._actions if not action.option_strings]


def _changed(command: type[Any], *words: str) -> update.Options:
    """The options that a command line makes; nothing else of the command runs."""
    with mock.patch.object(update, "run") as run:
        command(mock.Mock(), None).take_action(parser_of(command).parse_args(["rna", *words]))
    options: update.Options = run.call_args.args[1]
    return options


def _asked(module: Any, command: type[Any], *words: str) -> Any:
    with mock.patch.object(module, "run", return_value=Shared(Image(name="rna"), ())) as run:
        command(mock.Mock(), None).take_action(parser_of(command).parse_args(["rna", "VSC_1", *words]))
    return run.call_args.args[1]


class TestParser(base.BaseTestCase):
    def test_has_all_that_the_standard_command_has(self) -> None:
        for theirs, ours in (
            (standard.SetImage, SetImage),
            (standard.UnsetImage, UnsetImage),
            (standard.AddProjectToImage, AddProject),
            (standard.RemoveProjectImage, RemoveProject),
        ):
            with self.subTest(theirs=theirs, ours=ours):
                self.assertLessEqual(_options_of(theirs) - _options_of(ours), set(NOT_OURS), ours)
                self.assertEqual(_arguments_of(theirs), _arguments_of(ours))

    def test_what_is_not_ours_is_no_option_of_ours(self) -> None:
        self.assertLessEqual(set(NOT_OURS), _options_of(standard.SetImage) - _options_of(SetImage))

    def test_knows_every_format_of_the_standard_command(self) -> None:
        theirs = {action.dest: action.choices for action in parser_of(standard.SetImage)._actions}
        ours = {action.dest: action.choices for action in parser_of(SetImage)._actions}

        for dest in ("disk_format", "container_format"):
            with self.subTest(dest=dest):
                self.assertLessEqual(set(theirs[dest] or ()), set(ours[dest] or ()))


class TestSet(base.BaseTestCase):
    def test_says_nothing_where_nothing_was_said(self) -> None:
        self.assertEqual(update.Options(image="rna"), _changed(SetImage))

    def test_reads_every_option(self) -> None:
        options = _changed(
            SetImage,
            *"--name rna2 --container-format bare --disk-format qcow2 --min-disk 0 --min-ram 512 --community".split(),
            *"--protected --hidden --deactivate --tag a --tag b --property k=v=w --description d".split(),
            *"--architecture x86_64 --os-distro debian --os-version 12 --kernel k --ramdisk r --multi-nic".split(),
            *"--project VSC_1 --project-domain d --accept --dry-run --waive d305 --policy p --yes".split(),
        )

        expected = update.Options(
            image="rna",
            name="rna2",
            container_format="bare",
            disk_format="qcow2",
            min_disk_gib=0,
            min_ram_mib=512,
            visibility=Visibility.COMMUNITY,
            protected=True,
            hidden=True,
            active=False,
            tags=("a", "b"),
            properties={"k": "v=w"},
            form=update.Form(
                description="d",
                architecture="x86_64",
                os_distro="debian",
                os_version="12",
                kernel="k",
                ramdisk="r",
                multi_nic=True,
            ),
            project="VSC_1",
            project_domain="d",
            answer=MemberStatus.ACCEPTED,
            consent=update.Consent(policy="p", waived=frozenset({"D305"}), dry_run=True, yes=True),
        )
        self.assertEqual(expected, options)

    def test_reads_what_is_the_opposite(self) -> None:
        options = _changed(SetImage, *"--private --unprotected --unhidden --activate --single-nic --reject".split())

        self.assertEqual(
            (Visibility.PRIVATE, False, False, True, False, MemberStatus.REJECTED),
            (
                options.visibility,
                options.protected,
                options.hidden,
                options.active,
                options.form.multi_nic,
                options.answer,
            ),
        )

    def test_the_standard_clients_words_for_a_field_of_the_form_mean_that_field(self) -> None:
        options = _changed(SetImage, *"--kernel-id k --ramdisk-id r --instance-uuid i".split())

        self.assertEqual(("k", "r"), (options.form.kernel, options.form.ramdisk))
        self.assertEqual(options.properties, _changed(SetImage, "--instance-id", "i").properties)
        self.assertEqual({"instance_id": "i"}, options.properties)

    def test_refuses_what_contradicts_itself(self) -> None:
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
                    leaving = self.assertRaises(SystemExit, _changed, SetImage, *words.split())
                self.assertEqual(2, leaving.code)


class TestUnset(base.BaseTestCase):
    def test_says_nothing_where_nothing_was_said(self) -> None:
        self.assertEqual(update.Options(image="rna"), _changed(UnsetImage))

    def test_reads_every_option(self) -> None:
        options = _changed(
            UnsetImage, *"--tag a --tag b --property k --property l --dry-run --waive n201 --policy p".split()
        )

        expected = update.Options(
            image="rna",
            removed_tags=("a", "b"),
            removed_properties=("k", "l"),
            consent=update.Consent(policy="p", waived=frozenset({"N201"}), dry_run=True),
        )
        self.assertEqual(expected, options)


class TestProjects(base.BaseTestCase):
    def test_says_nothing_where_nothing_was_said(self) -> None:
        for module, command in ((share, AddProject), (unshare, RemoveProject)):
            with self.subTest(module=module, command=command):
                self.assertEqual(module.Options(image="rna", projects=("VSC_1",)), _asked(module, command))

    def test_reads_every_option(self) -> None:
        words = "--project-domain d --dry-run --waive n201 --policy p".split()
        consent = share.Consent(policy="p", waived=frozenset({"N201"}), dry_run=True)
        for module, command in ((share, AddProject), (unshare, RemoveProject)):
            with self.subTest(module=module, command=command):
                expected = module.Options(image="rna", projects=("VSC_1",), project_domain="d", consent=consent)
                self.assertEqual(expected, _asked(module, command, *words))
        self.assertTrue(_asked(unshare, RemoveProject, "--yes").consent.yes)
