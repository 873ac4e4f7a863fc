from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

import fixtures

from guestinspect.model.fact import Unknown
from tests import base
from vscclient import errors
from vscclient.glance.metadefs import MetadefService
from vscclient.images.catalogue.catalogue import MAX_AGE_S, load_catalogue
from vscclient.images.cloud import Cloud
from vscclient.model.property_definition import PropertyDefinition, PropertyType

SOCKETS = PropertyDefinition(
    key="hw_cpu_sockets", namespace="A", type=PropertyType.INTEGER, values=("1", "2"), minimum=1, title="Sockets"
)


class TestCatalogue(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", str(self.folder)))
        self.answers: list[Any] = [[SOCKETS]]
        self.requests = 0
        self.kept_names: list[Any] = []
        self.useFixture(fixtures.MockPatchObject(MetadefService, "definitions", lambda _self: self.answer()))

    def answer(self) -> list[PropertyDefinition]:
        self.requests += 1
        answer = self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return cast(list[PropertyDefinition], answer)

    def load(self, *, user: str = "alice", endpoint: str = "http://glance", **options: Any) -> Any:
        cloud = SimpleNamespace(
            image_service=SimpleNamespace(endpoint=endpoint),
            project_id="p",
            user_id=user,
            keep_names=lambda **sections: self.kept_names.append(sections),
        )
        return load_catalogue(cast(Cloud, cloud), options.pop("trusted", frozenset()), **options).value

    def kept(self) -> Iterator[Path]:
        return self.folder.rglob("*.json")

    def test_a_catalogue_is_kept_for_a_day(self) -> None:
        self.assertEqual(self.load(), self.load())

        self.assertEqual(({"hw_cpu_sockets": (SOCKETS,)}, 1), (self.load(), self.requests))

    def test_its_file_is_known_to_the_completion(self) -> None:
        self.load()
        self.load()

        (file,) = self.kept()
        self.assertEqual([{"catalogues": {file.name: ""}}] * 2, self.kept_names)

    def test_after_a_day_the_cloud_is_asked_again(self) -> None:
        self.load()
        with mock.patch("time.time", return_value=time.time() + MAX_AGE_S + 1):
            self.load()

        self.assertEqual(2, self.requests)

    def test_a_clock_that_was_set_back_asks_again(self) -> None:
        with mock.patch("time.time", return_value=time.time() + 1000):
            self.load()
        self.load()

        self.assertEqual(2, self.requests)

    def test_each_user_and_each_cloud_has_its_own(self) -> None:
        self.load()
        self.load(user="bob")
        self.load(endpoint="http://other")

        self.assertEqual(3, self.requests)

    def test_no_cache_asks_again_and_keeps_the_answer(self) -> None:
        self.load()
        self.load(use_cache=False)
        self.load()

        self.assertEqual(2, self.requests)

    def test_the_file_is_private(self) -> None:
        self.load()

        (file,) = self.kept()
        self.assertEqual((0o600, 0o700), (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777))

    def test_a_corrupt_file_is_replaced(self) -> None:
        self.load()
        (file,) = self.kept()
        good = json.loads(file.read_text())
        for content in (b"", b"{", b"[]", b"null", b"\xff", json.dumps(good | {"definitions": [{"x": 1}]}).encode()):
            with self.subTest(content):
                file.write_bytes(content)
                self.assertEqual({"hw_cpu_sockets": (SOCKETS,)}, self.load())

    def test_a_file_that_others_can_write_is_not_read(self) -> None:
        self.load()
        (file,) = self.kept()
        os.chmod(file, 0o666)
        self.load()

        self.assertEqual(2, self.requests)

    def test_a_trusted_namespace_is_marked(self) -> None:
        self.load()
        (found,) = self.load(trusted=frozenset({"A"}))["hw_cpu_sockets"]

        self.assertTrue(found.is_trusted)
        self.assertFalse(self.load()["hw_cpu_sockets"][0].is_trusted)

    def test_a_cloud_without_a_catalogue_is_unknown_and_not_asked_again(self) -> None:
        answers: tuple[Any, ...] = (errors.NotAllowed("Image service"), errors.NotFound("Image service"), [])
        for answer in answers:
            with self.subTest(answer):
                self.answers, self.requests = [answer], 0
                user = repr(answer)
                self.assertRaises(Unknown, self.load, user=user)
                self.assertRaises(Unknown, self.load, user=user)
                self.assertEqual(1, self.requests)

    def test_a_service_in_trouble_is_asked_again(self) -> None:
        self.answers = [errors.ServiceFailure("Image service")]
        self.assertRaises(Unknown, self.load)
        self.answers = [[SOCKETS]]

        self.assertEqual({"hw_cpu_sockets": (SOCKETS,)}, self.load())

    def test_without_a_cache_folder_the_cloud_is_asked_each_time(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", "/proc/nowhere"))
        self.load()
        self.load()

        self.assertEqual(2, self.requests)
