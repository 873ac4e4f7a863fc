from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

from devcloud import home
from tests import base


class TestHome(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.create_tempfiles([("marker", "")])[0]).parent / "home"
        patch = mock.patch.dict(os.environ, {home.HOME_VARIABLE: str(self.folder)})
        patch.start()
        self.addCleanup(patch.stop)

    def test_a_complete_folder_is_filled_once(self) -> None:
        make = mock.Mock()

        home.make_once(home.home() / "thing", make)
        home.make_once(home.home() / "thing", make)

        make.assert_called_once_with(self.folder / "thing")

    def test_an_incomplete_folder_is_filled_from_nothing(self) -> None:
        def interrupted(folder: Path) -> None:
            (folder / "half").touch()
            raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, home.make_once, home.home() / "thing", interrupted)
        thing = home.make_once(home.home() / "thing", lambda folder: None)

        self.assertFalse((thing / "half").exists())

    def test_the_folders_of_ended_owners_are_removed(self) -> None:
        dead = home.home() / "instances" / "dead"
        dead.mkdir(parents=True)
        (dead / home.OWNER).touch()

        with home.instance_folder(keep=False) as one, home.instance_folder(keep=False) as other:
            self.assertTrue(one.exists() and other.exists())

        self.assertEqual([], list((home.home() / "instances").iterdir()))

    def test_a_kept_folder_stays(self) -> None:
        with home.instance_folder(keep=True) as kept:
            pass
        with home.instance_folder(keep=False):
            pass

        self.assertTrue(kept.exists())
