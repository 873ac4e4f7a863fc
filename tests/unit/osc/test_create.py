"""The options that ``vsc image create`` makes of a command line."""

from __future__ import annotations

import contextlib
import io
from unittest import mock

from openstackclient.image.v2.image import CreateImage as StandardCreateImage

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.images import create
from vscclient.model.image import Image
from vscclient.model.visibility import Visibility
from vscclient.osc.image.create import CreateImage

NOT_OURS = {
    "--volume": "comes in a later release",
    "--force": "is about --volume",
    "--sign-key-path": "comes in a later release",
    "--sign-cert-id": "comes in a later release",
    "--location": "a leftover of version 1 of the API, which the standard client refuses",
    "--copy-from": "a leftover of version 1 of the API, which the standard client refuses",
    "--checksum": "a leftover of version 1 of the API, which the standard client refuses",
    "--store": "a leftover of version 1 of the API, which the standard client refuses",
}
"""Options of the standard command that ours does not have, with the reason."""


def _options(*words: str) -> create.Options:
    """Return the options of a command line; nothing else of the command runs."""
    command = CreateImage(mock.Mock(), None)
    made = create.Created(Image(name="rna"), verified="no", warnings=())
    with mock.patch.object(create, "run", return_value=made) as run:
        command.take_action(parser_of(CreateImage).parse_args(["rna", *words]))
    options: create.Options = run.call_args.args[1]
    return options


class TestParser(base.BaseTestCase):
    def test_every_option_of_the_standard_command_exists(self) -> None:
        standard = {text for action in parser_of(StandardCreateImage)._actions for text in action.option_strings}
        ours = {text for action in parser_of(CreateImage)._actions for text in action.option_strings}

        self.assertEqual(set(NOT_OURS) & standard, standard - ours)

    def test_every_format_of_the_standard_command_is_known(self) -> None:
        standard = {action.dest: action.choices for action in parser_of(StandardCreateImage)._actions}
        ours = {action.dest: action.choices for action in parser_of(CreateImage)._actions}

        for dest in ("disk_format", "container_format"):
            with self.subTest(dest=dest):
                self.assertLessEqual(set(standard[dest] or ()), set(ours[dest] or ()))

    def test_a_name_alone_sets_nothing_else(self) -> None:
        self.assertEqual(create.Options(name="rna"), _options())

    def test_every_option_is_read(self) -> None:
        options = _options(
            *"--id 6a2e --project VSC_1 --project-domain d --disk-format qcow2 --container-format bare".split(),
            *"--min-disk 0 --min-ram 512 --file x --size 5 --import --protected --shared --tag a --tag b".split(),
            *"--property k=v=w --os-distro debian --kernel k --multi-nic --dry-run --waive d305".split(),
            *"--share-with A --share-with B --no-inspect".split(),
        )

        expected = create.Options(
            name="rna",
            image_id="6a2e",
            access=create.AccessOptions(
                visibility=Visibility.SHARED, project="VSC_1", project_domain="d", share_with=("A", "B")
            ),
            attributes=create.Attributes(
                container_format="bare", disk_format="qcow2", min_disk_gib=0, min_ram_mib=512, protected=True
            ),
            description=create.Description(
                os_distro="debian", kernel="k", multi_nic=True, properties={"k": "v=w"}, tags=("a", "b")
            ),
            upload=create.UploadOptions(file="x", size_bytes=5, use_import=True),
            inspect_options=create.InspectOptions(inspect=False),
            consent=create.Consent(dry_run=True, waived=frozenset({"D305"})),
        )
        self.assertEqual(expected, options)

    def test_contradicting_options_are_refused(self) -> None:
        for words in (
            "--public --private",
            "--protected --unprotected",
            "--file x --no-data",
            "--multi-nic --single-nic",
            "--min-disk -1",
            "--size 0",
            "--property novalue",
        ):
            with self.subTest(words=words):
                with contextlib.redirect_stderr(io.StringIO()):
                    leaving = self.assertRaises(SystemExit, _options, *words.split())
                self.assertEqual(2, leaving.code)
