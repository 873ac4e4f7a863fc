"""Verdicts on images of builders agree with their behavior when they are booted untouched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fixtures

from guestinspect.api import Inspection, inspect_file
from guestinspect.model.fact import Fact
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot
from guests.builders import records
from guests.builders.all_builders import BUILDERS
from guests.builders.builder import Builder
from guests.builders.copied_disk import find_copy, make_copied_disk
from guests.builders.observation import ImageBoot
from guests.errors import PackagesUnavailable
from guests.home import HOME_VARIABLE, find_home
from guests.setup import Source
from tests import base


class TestImageOfBuilder(base.BaseTestCase):
    """One test for each image that was booted and copied; the tests are added below."""

    def setUp(self) -> None:
        cache = str(find_home())  # the home of the tests is empty and temporary, and would lose the downloads
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable(HOME_VARIABLE, cache))

    def assert_verdict_agrees_with_boot(self, builder: Builder) -> None:
        found = self.inspect(builder)
        booted = records.find_boot(builder, builder.sources[0])
        assert booted is not None

        nics, attached = found.guest["nics_at_boot"], found.guest["nic_hotplug"]

        if booted.failure:
            self.assertNotIsInstance(nics, Fact, f"the boot failed: {booted.failure}")
            return
        assert isinstance(nics, Fact), nics.unknown
        assert isinstance(nics.value, NicsAtBoot)
        self.assertEqual(which(booted), nics.value.verdict, str(nics.value.explanation))
        without = records.find_boot(builder, Source.NONE)
        if without is not None:
            otherwise = nics.value.verdict if nics.value.otherwise is None else nics.value.otherwise
            self.assertEqual(which(without), otherwise, str(nics.value.explanation))
        assert isinstance(attached, Fact), attached.unknown
        assert isinstance(attached.value, NicHotplug)
        self.assertEqual(booted.hotplugged_up, attached.value.comes_up, str(attached.value.explanation))

    def inspect(self, builder: Builder) -> Inspection:
        disk = Path(self.useFixture(fixtures.TempDir()).path) / builder.name
        try:
            make_copied_disk(builder, disk)
        except PackagesUnavailable as missing:
            self.skipTest(str(missing))
        return inspect_file(disk)


def which(booted: ImageBoot) -> Nics:
    """Return the verdict that a boot shows."""
    return {(): Nics.NONE, (0,): Nics.FIRST, (0, 1, 2): Nics.ALL}.get(booted.positions, Nics.NAMED)


def _test_of(builder: Builder) -> Callable[[TestImageOfBuilder], None]:
    return lambda test: test.assert_verdict_agrees_with_boot(builder)


for _builder in BUILDERS.values():
    if records.find_boot(_builder, _builder.sources[0]) is not None and find_copy(_builder).exists():
        _name = f"test_the_image_of_{_builder.name.replace('-', '_')}_agrees_with_its_boot"
        setattr(TestImageOfBuilder, _name, _test_of(_builder))
