"""The options that ``vsc image check`` makes of a command line, and its table."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from unittest import mock

from tests import base
from vscclient.images import check
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.image import Image
from vscclient.model.visibility import Visibility
from vscclient.osc.image.check import CheckImage

NOTHING = check.Checked(Image(name="rna"), Visibility.PRIVATE, Report())


def _command() -> CheckImage:
    app = mock.Mock()
    app.stdout, app.stderr = io.StringIO(), io.StringIO()
    app.options = mock.Mock(verbose_level=1, debug=False)
    return CheckImage(app, None)


def _parser(command: CheckImage) -> argparse.ArgumentParser:
    return command.get_parser("vsc image check")


def _options(*words: str) -> check.Options:
    """Return the options of a command line; nothing else of the command runs."""
    command = _command()
    with mock.patch.object(check, "run", return_value=NOTHING) as run:
        command.take_action(_parser(command).parse_args(words))
    options: check.Options = run.call_args.args[1]
    return options


def _written(checked: check.Checked, *words: str) -> str:
    """Return what the command writes to standard output for a result."""
    command = _command()
    with mock.patch.object(check, "run", return_value=checked):
        command.run(_parser(command).parse_args(words))
    stdout: str = command.app.stdout.getvalue()
    return stdout


class TestParser(base.BaseTestCase):
    def test_no_option_sets_nothing(self) -> None:
        self.assertEqual(check.Options(), _options())

    def test_every_option_is_read(self) -> None:
        options = _options(
            *"rna --file x --for community --name n --disk-format qcow2 --container-format bare".split(),
            *"--min-disk 0 --min-ram 512 --tag a --tag b --property k=v=w --os-distro debian --os-version 12".split(),
            *"--description d --architecture x86_64 --kernel k --ramdisk r --single-nic".split(),
            *"--waive d305 --policy site.yaml --download --no-cache --no-inspect --protected".split(),
        )

        expected = check.Options(
            image="rna",
            file="x",
            visibility=Visibility.COMMUNITY,
            name="n",
            attributes=check.Attributes(
                container_format="bare", disk_format="qcow2", min_disk_gib=0, min_ram_mib=512, protected=True
            ),
            description=check.Description(
                description="d",
                architecture="x86_64",
                os_distro="debian",
                os_version="12",
                kernel="k",
                ramdisk="r",
                multi_nic=False,
                properties={"k": "v=w"},
                tags=("a", "b"),
            ),
            inspect_options=check.InspectOptions(download=True, inspect=False, cache=False),
            consent=check.Consent(policy="site.yaml", waived=frozenset({"D305"})),
        )
        self.assertEqual(expected, options)

    def test_contradicting_options_are_refused(self) -> None:
        for words in ("a b", "--for everybody", "--multi-nic --single-nic", "--min-disk -1", "--property novalue"):
            with self.subTest(words=words):
                with contextlib.redirect_stderr(io.StringIO()):
                    leaving = self.assertRaises(SystemExit, _options, *words.split())
                self.assertEqual(2, leaving.code)


class TestTable(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        broken = Finding(
            code="D305",
            severity=Severity.ERROR,
            message="it is too small",
            location="byte 0",
            fix=Fix.by(SetField("min_disk", 1)),
        )
        unknown = Finding(code="V103", severity=Severity.WARNING, outcome=Outcome.UNKNOWN, message="not signed in")
        image = Image(name="rna", properties={"vsc_waived": "D305"})
        self.checked = check.Checked(image, Visibility.COMMUNITY, Report((broken, unknown)))

    def test_each_finding_is_a_sentence(self) -> None:
        table = _written(self.checked)

        self.assertIn("| D305 | error    | broken  | it is too small (byte 0) (waived). Fix: use --min-disk 1 |", table)
        self.assertIn("| V103 | warning  | unknown | could not be checked: not signed in                      |", table)

    def test_rules_that_are_unknown_for_one_reason_share_a_row(self) -> None:
        hidden = [
            Finding(code=code, severity=Severity.WARNING, outcome=Outcome.UNKNOWN, message="it is damaged")
            for code in ("H503", "N202", "N204")
        ]
        checked = check.Checked(self.checked.image, Visibility.COMMUNITY, Report(tuple(hidden)))

        table = _written(checked)

        self.assertIn("| H503, N202, N204 | warning  | unknown | could not be checked: it is damaged |", table)
        self.assertEqual(3, len(json.loads(_written(checked, "-f", "json"))))

    def test_a_fix_is_a_command_and_data(self) -> None:
        row, _ = json.loads(_written(self.checked, "-f", "json"))

        self.assertEqual("use --min-disk 1", row["Fix"])
        self.assertEqual([[{"kind": "set_field", "field": "min_disk", "value": 1}]], row["Fix Data"])

    def test_data_of_a_fix_is_json_where_a_row_is_a_line(self) -> None:
        line, _ = _written(self.checked, "-f", "value", "-c", "Fix Data").splitlines()

        self.assertEqual([[{"kind": "set_field", "field": "min_disk", "value": 1}]], json.loads(line))

    def test_chosen_columns_are_shown(self) -> None:
        table = _written(self.checked, "-c", "Code", "-c", "Message", "-c", "Waived")

        self.assertIn("| D305 | it is too small                     | True   |", table)

    def test_the_table_fits_the_terminal(self) -> None:
        for columns, widest in ((80, 80), (200, 92), (20, 50)):  # cliff makes no column narrower than 8 characters
            with self.subTest(columns=columns, widest=widest):
                with mock.patch("cliff.utils.terminal_width", return_value=columns):
                    table = _written(self.checked)

                self.assertLessEqual(max(map(len, table.splitlines())), widest)

    def test_the_output_is_empty_without_findings(self) -> None:
        self.assertEqual("", _written(NOTHING).strip())
        self.assertEqual("[]", _written(NOTHING, "-f", "json").strip())
