from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from unittest import mock
from wsgiref.types import StartResponse, WSGIEnvironment

from devcloud import processes
from devcloud.home import REPOSITORY
from devcloud.inside.no_ranges import NoRanges
from devcloud.inside.whole_bodies import WholeBodies
from tests import base


def echo(environ: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the path as the application gets it, and read nothing."""
    return [f"{environ.get('SCRIPT_NAME')} {environ['PATH_INFO']}".encode()]


class TestInside(base.BaseTestCase):
    def test_the_prefix_is_removed_from_the_path(self) -> None:
        application = NoRanges(echo, prefix="/no-ranges")

        answer = application({"PATH_INFO": "/no-ranges/v2/images", "SCRIPT_NAME": ""}, mock.Mock())

        self.assertEqual([b"/no-ranges /v2/images"], answer)

    def test_other_paths_are_not_filtered(self) -> None:
        application = NoRanges(echo, prefix="/no-ranges")

        answer = application({"PATH_INFO": "/no-ranges2", "SCRIPT_NAME": "", "HTTP_RANGE": "bytes=0-1"}, mock.Mock())

        self.assertEqual([b" /no-ranges2"], answer)

    def test_a_body_is_read_though_the_application_does_not_read_it(self) -> None:
        body = io.BytesIO(b"x" * 3_000_000)

        WholeBodies(echo)({"PATH_INFO": "/", "wsgi.input": body}, mock.Mock())

        self.assertEqual(b"", body.read())

    def test_a_watched_program_ends_with_the_process_that_started_it(self) -> None:
        command = processes.watched(sys.executable, "http.server", "--bind", "127.0.0.1", "0")
        program = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert program.stdin and program.stdout
        self.addCleanup(program.stdout.close)

        program.stdin.close()

        self.assertEqual(-signal.SIGKILL, program.wait(20))

    def test_the_environment_of_the_user_does_not_configure_the_services(self) -> None:
        with mock.patch.dict(os.environ, {"OS_TOKEN": "x", "http_proxy": "http://x", "PYTHONHOME": "/x"}):
            environment = processes.clean_environment({"OS_GLANCE_CONFIG_DIR": "/etc"})

        self.assertEqual({"OS_GLANCE_CONFIG_DIR"}, {name for name in environment if name.startswith("OS_")})
        self.assertNotIn("http_proxy", environment)
        self.assertNotIn("PYTHONHOME", environment)
