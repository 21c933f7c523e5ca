"""`python -m gamedesk_local.audit`: known vulnerabilities of what the product is made of, Python's and the console's.

Three ways for it to end, each said aloud: nothing is known against any package (0); something is (1); or the advisories
could not be had, which a gate must not take for the first. Of the console's packages, or of single ones, that is a line
that begins with LOUD (0, or 1 with `--strict`). Without any for Python pip-audit writes no report, and the
audit could not be run (1).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gamedesk_local.console_build import ConsoleBuild
from gamedesk_local.state import REPOSITORY, State, state_folder

_NOT_REACHED = ("audit endpoint", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "Not Allowed")
_WITHIN = 600.0  # seconds


class AuditBroken(Exception):
    """The auditor did not run; the text says what it said."""


@dataclass
class Report:
    """Of one kind of packages: how many were audited, what is known against them, which could not be audited."""

    kind: str
    audited: int = 0
    found: list[str] = field(default_factory=list)
    unaudited: list[str] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        counts = f"{self.audited} packages audited, {len(self.found)} known vulnerabilities"
        yield f"{self.kind}: {counts if self.audited else 'nothing audited'}"
        yield from (f"  {finding}" for finding in self.found)
        if self.unaudited:
            shown = ", ".join(self.unaudited[:5]) + (" …" if len(self.unaudited) > 5 else "")
            yield f"LOUD: no advisories can be had here for {shown}: NOT audited ({self.kind})"


def of_pip_audit(text: str) -> Report:
    """The report in pip-audit's JSON. Raises AuditBroken."""
    document = _json(text)
    if "dependencies" not in document:
        raise AuditBroken(text[-2000:])
    report = Report("Python")
    for package in document["dependencies"]:
        if "skip_reason" in package:
            report.unaudited.append(package["name"])
            continue
        report.audited += 1
        named = f"{package['name']} {package['version']}"
        report.found += [f"{named}: {one['id']}, mended in {one['fix_versions'] or 'none'}" for one in package["vulns"]]
    return report


def of_npm_audit(text: str) -> Report:
    """The report in npm's JSON. Raises AuditBroken for what is neither a report nor a registry without advisories."""
    document = _json(text)
    report = Report("console")
    if "metadata" in document:
        report.audited = document["metadata"]["dependencies"]["total"]
        report.found = [f"{name}: {one['severity']}" for name, one in document.get("vulnerabilities", {}).items()]
        if document["metadata"]["vulnerabilities"]["total"] > len(report.found):
            raise AuditBroken("npm counts more vulnerabilities than it names")
    elif any(sign in text for sign in _NOT_REACHED):
        report.unaudited = ["all packages of console/package-lock.json"]
    else:
        raise AuditBroken(text[-2000:])
    return report


def _json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise AuditBroken(text[-2000:] or "it said nothing") from None
    if not isinstance(document, dict):
        raise AuditBroken(text[-2000:])
    return document


def python_report(lock: Path) -> Report:
    """What is known against the packages of a lock file. Raises AuditBroken."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "audit.json")
        switches = ["--disable-pip", "--require-hashes", "-f", "json", "-o", str(output), "-r", str(lock)]
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *switches],
            capture_output=True,
            text=True,
            timeout=_WITHIN,
            check=False,
        )
        if not output.exists():
            raise AuditBroken(done.stderr[-2000:])
        return of_pip_audit(output.read_text("utf-8"))


def console_report(console: ConsoleBuild) -> Report:
    """What is known against the packages of the console's lock file. Raises AuditBroken."""
    return of_npm_audit(console.npm_says("audit", "--json"))


def main(arguments: list[str]) -> int:
    reports = [
        python_report(REPOSITORY / "requirements.lock"),
        console_report(ConsoleBuild(State(state_folder()), print)),
    ]
    for report in reports:
        print("\n".join(report.lines()))
    failed = any(report.found for report in reports)
    incomplete = any(report.unaudited for report in reports)
    return int(failed or (incomplete and "--strict" in arguments))


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except AuditBroken as broken:
        sys.exit(f"The audit could not be run:\n{broken}")
    sys.exit(code)
