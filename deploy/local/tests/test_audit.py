"""The audit of dependencies: what is known fails it, and what could not be asked is never silence."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from gamedesk_local import audit
from gamedesk_local.audit import AuditBroken, Report, of_npm_audit, of_pip_audit

PIP_CLEAN = {"dependencies": [{"name": "flask", "version": "3.1.2", "vulns": []}], "fixes": []}
PIP_FOUND = {
    "dependencies": [
        {"name": "flask", "version": "0.5", "vulns": [{"id": "PYSEC-2019-179", "fix_versions": ["1.0"]}]},
        {"name": "odd", "skip_reason": "could not be audited"},
    ]
}
NPM_CLEAN = {"metadata": {"vulnerabilities": {"total": 0}, "dependencies": {"total": 412}}, "vulnerabilities": {}}
NPM_FOUND = {
    "metadata": {"vulnerabilities": {"total": 1}, "dependencies": {"total": 412}},
    "vulnerabilities": {"vue": {"severity": "high"}},
}
NPM_WITHOUT_ADVISORIES = {"message": "405 Method Not Allowed - POST https://registry/bulk", "error": {"summary": ""}}


def test_nothing_known_says_how_many_were_audited() -> None:
    assert list(of_pip_audit(json.dumps(PIP_CLEAN)).lines()) == ["Python: 1 packages audited, 0 known vulnerabilities"]
    assert of_npm_audit(json.dumps(NPM_CLEAN)) == Report("console", audited=412)


def test_what_is_known_is_named() -> None:
    report = of_pip_audit(json.dumps(PIP_FOUND))
    assert (report.found, report.unaudited) == (["flask 0.5: PYSEC-2019-179, mended in ['1.0']"], ["odd"])
    assert of_npm_audit(json.dumps(NPM_FOUND)).found == ["vue: high"]


def test_a_registry_without_advisories_is_said_aloud() -> None:
    report = of_npm_audit(json.dumps(NPM_WITHOUT_ADVISORIES))
    assert (report.audited, report.found) == (0, [])
    first, second = report.lines()
    assert first == "console: nothing audited"
    assert second.startswith("LOUD: ")
    assert "NOT audited" in second


@pytest.mark.parametrize("text", ["", "npm: not found", "[]", "{}", '{"error": {"code": "ENOLOCK"}}'])
@pytest.mark.parametrize("read", [of_pip_audit, of_npm_audit])
def test_an_auditor_that_did_not_run_is_no_clean_report(read: Callable[[str], Report], text: str) -> None:
    with pytest.raises(AuditBroken):
        read(text)


@pytest.mark.parametrize(
    ("python", "npm", "strict", "code"),
    [
        (PIP_CLEAN, NPM_CLEAN, False, 0),
        (PIP_FOUND, NPM_CLEAN, False, 1),
        (PIP_CLEAN, NPM_FOUND, False, 1),
        (PIP_CLEAN, NPM_WITHOUT_ADVISORIES, False, 0),
        (PIP_CLEAN, NPM_WITHOUT_ADVISORIES, True, 1),
    ],
)
def test_exit_code_of_the_command(
    monkeypatch: pytest.MonkeyPatch, python: dict[str, object], npm: dict[str, object], strict: bool, code: int
) -> None:
    monkeypatch.setattr(audit, "python_report", lambda _lock: of_pip_audit(json.dumps(python)))
    monkeypatch.setattr(audit, "console_report", lambda _console: of_npm_audit(json.dumps(npm)))
    assert audit.main(["--strict"] if strict else []) == code
