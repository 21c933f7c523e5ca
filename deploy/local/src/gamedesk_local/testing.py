"""`./gamedesk test`: the console's tests, pytest, the tests under faults alone, then one plain closing line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from gamedesk_local import browser
from gamedesk_local.console_build import ConsoleBuild
from gamedesk_local.progress import Progress
from gamedesk_local.state import REPOSITORY, State

WORKERS = "2"
SHARING = "worksteal"  # each has a part of the tests in their order, so that what many of them need is made once
NO_TESTS_RAN = 5  # pytest's exit code
FAULTS = "faults"  # the marker of tests that have to run alone
FAULTS_FOLDER = "tests/faults"  # where all of them are
CONSOLE_CHECKS = ("lint", "typecheck", "budget", "test")  # scripts of console/package.json


def run(state: State, arguments: Sequence[str], *, browser_tests: bool, fast: bool) -> int:
    """Run every test; returns the exit code.

    Args:
        arguments: for pytest; when some name tests, only those are run, and not the console's.
        browser_tests: whether to run what needs Chromium.
        fast: leave out what starts the whole product or is large (see the markers), the console's page and its tests.

    Raises:
        LocalError: there is no Chromium, with the command that installs it.
    """
    say = Progress().say
    env = {**os.environ}
    left_out = []
    if browser_tests:
        env["GAMEDESK_CHROMIUM"] = browser.ensure(say)
    else:
        left_out.append("browser")
    if fast:
        left_out += ["product", "large", FAULTS]
    if env.get("GAMEDESK_TEST_INFRA") != "containers":
        left_out.append("containers")
    console = ConsoleBuild(state, say)
    console_code = 0
    if console.is_present() and not fast:
        console.build()  # the browser tests look at the built page, the budget weighs it
    if console.is_present() and not fast and not arguments:
        console_code = max(console.npm("run", check, show=True) for check in CONSOLE_CHECKS)
    apart = [] if fast else [FAULTS]
    beside = " and ".join(f"not {mark}" for mark in [*left_out, *apart])
    codes = [_pytest(env, "-n", WORKERS, "--dist", SHARING, "-m", beside, *arguments)]
    if not fast:
        print("gamedesk test: the tests under faults, with nothing beside them", flush=True)
        alone = " and ".join([FAULTS, *(f"not {mark}" for mark in left_out)])
        codes.append(_pytest(env, "-n", "0", "-m", alone, *(arguments or [FAULTS_FOLDER])))
    code = _together(codes)
    print(_closing_line(code, console_code, [mark for mark in left_out if mark != "containers"]), flush=True)
    return code or console_code


def run_long(arguments: Sequence[str]) -> int:
    """Trials under faults, one after the other, for half an hour; returns the exit code.

    Args:
        arguments: for `python -m tests.faults.harness.run`.
    """
    command = [sys.executable, "-m", "tests.faults.harness.run", *arguments]
    code = subprocess.run(command, cwd=REPOSITORY, check=False).returncode
    print(f"gamedesk test: the long run under faults {'failed' if code else 'passed'}", flush=True)
    return code


def _pytest(env: Mapping[str, str], *options: str) -> int:
    command = [sys.executable, "-m", "pytest", *options]
    return subprocess.run(command, cwd=REPOSITORY, env=env, check=False).returncode


def _together(codes: Sequence[int]) -> int:
    """The worst exit code; that no test was run counts only when none was in any part."""
    return max((code for code in codes if code != NO_TESTS_RAN), default=NO_TESTS_RAN)


def _closing_line(code: int, console_code: int, left_out: Sequence[str]) -> str:
    if code == NO_TESTS_RAN:
        verdict = "no test was run"
    elif code or console_code:
        failed = [name for name, bad in (("pytest", code), ("the console's tests", console_code)) if bad]
        verdict = f"{' and '.join(failed)} failed"
    else:
        verdict = "everything passed"
    return f"gamedesk test: {verdict}{''.join(f', {mark} tests left out' for mark in left_out)}"
