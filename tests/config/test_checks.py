"""What `assaymark check` objects to."""

from __future__ import annotations

from typing import Any

import pytest

from assaymark.config import checks
from assaymark.records import row_security
from assaymark.records.journal import triggers

SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "abcdefghij0123456789" * 4,
    "PUBLIC_URL": "https://qms.example",
    "ALLOWED_HOSTS": ["qms.example"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SILENCED_SYSTEM_CHECKS": ["security.W021"],
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
}


@pytest.fixture(autouse=True)
def migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "pending_migrations", lambda: False)


def configure(settings: Any, **changes: Any) -> None:
    for name, value in {**SAFE, **changes}.items():
        setattr(settings, name, value)


@pytest.mark.django_db
class TestCheck:
    def test_has_nothing_against_a_local_run(self) -> None:
        assert checks.problems() == []

    def test_has_nothing_against_a_safe_installation(self, settings: Any) -> None:
        configure(settings)
        assert checks.problems() == []

    @pytest.mark.parametrize(
        ("change", "objection"),
        [
            ({"DEBUG": True}, "ASSAYMARK_DEBUG is on"),
            ({"PUBLIC_URL": "http://qms.example"}, "https://"),
            ({"ALLOWED_HOSTS": ["*"]}, "ASSAYMARK_HOSTS"),
            ({"ALLOWED_HOSTS": ["qms.example", "localhost"]}, "ASSAYMARK_HOSTS"),
            ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "invitations would reach nobody"),
            ({"SECRET_KEY": "short"}, "security.W009"),
            ({"SESSION_COOKIE_SECURE": False}, "security.W012"),
            ({"SECURE_HSTS_SECONDS": 0}, "security.W004"),
        ],
    )
    def test_refuses_what_is_unsafe(self, settings: Any, change: dict[str, Any], objection: str) -> None:
        configure(settings, **change)
        assert any(objection in problem for problem in checks.problems()), checks.problems()

    def test_wants_the_database_of_this_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checks, "pending_migrations", lambda: True)
        assert "assaymark init" in checks.problems()[0]

    def test_wants_the_journals_triggers(self) -> None:
        triggers.remove()
        assert any(problem.startswith("journal_journalentry is not append-only") for problem in checks.problems())
        triggers.install()
        assert checks.problems() == []

    def test_wants_a_role_that_row_security_binds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(row_security, "exempt_role", lambda: "postgres")
        monkeypatch.setattr(row_security, "unprotected", lambda: ["parties_site"])
        found = checks.problems()
        assert any("parties_site is not protected" in problem for problem in found)
        assert any("role postgres is exempt" in problem for problem in found)
