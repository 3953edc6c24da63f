"""A certificate that says all gives no complaint; each thing taken away gives the one complaint that names it."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from assaymark.core.certificate_lint import ended_marks, lint
from assaymark.core.recognition_labels import LABELS
from assaymark.formats.credential_claims import certificate_claims
from tests.trust_cast import CERTIFICATE


@pytest.fixture
def claims() -> dict[str, Any]:
    found = copy.deepcopy(certificate_claims(CERTIFICATE))
    subject = found["credentialSubject"]
    subject |= {
        "address": "Hafenstrasse 1, Hamburg",
        "country": "DE",
        "decisionDate": found["validFrom"][:10],
        "originalIssueDate": found["validFrom"][:10],
        "publicPage": "https://hanse.example/c/1",
        "authorisation": [{"name": "Accreditation D-ZM-1 by Nordwerk"}],
        "scope": [{"iaf": ["17"]}],
        "certifiedSite": [],
        "standardLabel": "ISO 9001:2015",
    }
    found["issuer"]["address"] = "Kai 2, Hamburg"
    return found


def rules(claims: dict[str, Any]) -> list[str]:
    return [complaint.rule for complaint in lint(claims)]


def without(claims: dict[str, Any], path: str) -> dict[str, Any]:
    *parents, last = path.split(".")
    place = claims
    for name in parents:
        place = place[name]
    del place[last]
    return claims


class TestACertificate:
    def test_that_says_all_gives_no_complaint(self, claims: dict[str, Any]) -> None:
        assert lint(claims) == ()

    @pytest.mark.parametrize(
        ("path", "rule", "letter"),
        [
            ("credentialSubject.issuedToParty.name", "CRT-NAME", "a"),
            ("credentialSubject.address", "CRT-PLACE", "a"),
            ("validFrom", "CRT-FROM", "b"),
            ("validUntil", "CRT-UNTIL", "c"),
            ("credentialSubject.certificateNumber", "CRT-NUMBER", "d"),
            ("credentialSubject.revision", "CRT-REVISION", "i"),
            ("issuer.name", "CRT-BODY", "g"),
            ("issuer.address", "CRT-BODY-ADDRESS", "g"),
        ],
    )
    def test_that_lacks_what_the_norm_demands_is_an_error(
        self, claims: dict[str, Any], path: str, rule: str, letter: str
    ) -> None:
        (complaint,) = lint(without(claims, path))
        assert (complaint.rule, complaint.error) == (rule, True)
        assert complaint.clause == f"ISO/IEC 17021-1:2015, 8.2.2 {letter}"
        assert complaint.next_step.endswith(".")

    @pytest.mark.parametrize(
        ("path", "rule"),
        [
            ("credentialSubject.country", "CRT-COUNTRY"),
            ("credentialSubject.authorisation", "CRT-ACCREDITATION"),
            ("credentialSubject.publicPage", "CRT-CHECK"),
            ("credentialSubject.scope", "CRT-SECTOR"),
            ("credentialSubject.decisionDate", "CRT-DECIDED"),
        ],
    )
    def test_that_lacks_what_readers_miss_is_a_warning(self, claims: dict[str, Any], path: str, rule: str) -> None:
        (complaint,) = lint(without(claims, path))
        assert (complaint.rule, complaint.error) == (rule, False)

    def test_without_any_statement_of_scope_is_an_error(self, claims: dict[str, Any]) -> None:
        del claims["credentialSubject"]["scopeStatement"], claims["credentialSubject"]["description"]
        assert rules(claims) == ["CRT-SCOPE"]

    def test_whose_standard_has_no_edition_is_an_error(self, claims: dict[str, Any]) -> None:
        claims["credentialSubject"]["standardLabel"] = "ISO 9001"
        assert rules(claims) == ["CRT-EDITION"]

    def test_that_holds_before_its_decision_is_an_error_with_both_dates(self, claims: dict[str, Any]) -> None:
        claims["validFrom"], claims["credentialSubject"]["decisionDate"] = "2026-01-01T00:00:00Z", "2026-01-02"
        claims["credentialSubject"]["originalIssueDate"] = "2026-01-01"
        claims["validUntil"] = "2028-12-31T23:59:59Z"
        (complaint,) = lint(claims)
        assert complaint.rule == "CRT-DECISION"
        assert "2026-01-01" in complaint.message
        assert "2026-01-02" in complaint.message

    def test_that_ends_before_it_starts_is_an_error(self, claims: dict[str, Any]) -> None:
        claims["validUntil"] = "2000-01-01T00:00:00Z"
        assert rules(claims) == ["CRT-ORDER"]

    def test_that_lasts_longer_than_a_cycle_is_a_warning(self, claims: dict[str, Any]) -> None:
        claims["validUntil"] = "2099-01-01T00:00:00Z"
        assert rules(claims) == ["CRT-CYCLE"]

    def test_first_granted_after_it_began_is_an_error(self, claims: dict[str, Any]) -> None:
        claims["credentialSubject"]["originalIssueDate"] = "2099-01-01"
        assert rules(claims) == ["CRT-ORIGINAL"]

    def test_that_praises_products_is_a_warning(self, claims: dict[str, Any]) -> None:
        claims["credentialSubject"]["scopeStatement"] = "Maker of certified products"
        assert rules(claims) == ["CRT-MISLEADING"]

    def test_of_several_sites_needs_each_address_and_says_what_is_done_where(self, claims: dict[str, Any]) -> None:
        claims["credentialSubject"]["certifiedSite"] = [{"name": "North", "address": "A 1"}, {"name": "South"}]
        assert rules(claims) == ["CRT-SITE", "CRT-SITE-SCOPE"]

    def test_under_an_ended_mark_is_a_warning_that_names_who_followed(self, claims: dict[str, Any]) -> None:
        claims["credentialSubject"]["authorisation"] = [{"name": "Accreditation 12 by SINCERT"}]
        (complaint,) = lint(claims)
        assert (complaint.rule, complaint.error) == ("CRT-MARK", False)
        assert "ACCREDIA" in complaint.next_step

    def test_errors_stand_before_warnings(self, claims: dict[str, Any]) -> None:
        del claims["credentialSubject"]["country"], claims["issuer"]["address"]
        assert [c.error for c in lint(claims)] == [True, False]


class TestStrangeData:
    @pytest.mark.parametrize(
        ("label", "start", "rule"),
        [
            ("Global Accreditation Cooperation MRA", "2025-05-01T00:00:00Z", "CRT-LABEL-EARLY"),
            ("ILAC MRA", "2025-05-01T00:00:00Z", "CRT-LABEL"),
        ],
    )
    def test_under_a_label_that_it_cannot_bear_is_a_warning(
        self, claims: dict[str, Any], label: str, start: str, rule: str
    ) -> None:
        claims["validFrom"] = start
        claims["credentialSubject"] |= {"decisionDate": start[:10], "originalIssueDate": start[:10]}
        claims["credentialSubject"]["authorisation"] = [{"name": f"Accreditation 12 ({label})"}]
        assert [c.rule for c in lint(claims) if not c.rule.startswith("CRT-CYCLE")] == [rule]

    @pytest.mark.parametrize("label", ["IAF MLA", "Global Accreditation Cooperation MRA"])
    def test_under_a_label_of_its_time_is_none(self, claims: dict[str, Any], label: str) -> None:
        claims["credentialSubject"]["authorisation"] = [{"name": f"Accreditation 12 ({label})"}]
        assert rules(claims) == []

    def test_under_a_label_whose_use_has_ended_is_a_warning(
        self, claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ended = replace(LABELS["IAF MLA"], mark_until=dt.date(2026, 3, 31))
        monkeypatch.setitem(LABELS, "IAF MLA", ended)
        claims["credentialSubject"]["authorisation"] = [{"name": "Accreditation 12 (IAF MLA)"}]
        (complaint,) = lint(claims)
        assert complaint.rule == "CRT-LABEL-ENDED"
        assert "Global Accreditation Cooperation MRA" in complaint.next_step

    @pytest.mark.parametrize("value", [None, 7, [], "text", {"name": 3}, [None], True])
    def test_never_stops_the_look(self, claims: dict[str, Any], value: object) -> None:
        for name in list(claims):
            assert isinstance(lint(claims | {name: value}), tuple)
        subject = claims["credentialSubject"]
        for name in list(subject):
            assert isinstance(lint(claims | {"credentialSubject": subject | {name: value}}), tuple)

    def test_nothing_at_all_lacks_everything_that_the_norm_demands(self) -> None:
        letters = {c.clause[-1] for c in lint({}) if c.error}
        assert letters == set("abcdefgi")

    def test_a_mark_inside_another_word_is_none(self) -> None:
        assert ended_marks("Stuttgart TGAX, PRE-TGA, MANACCB") == ()
        assert ended_marks("marks: TGA, CNAB.") == ("CNAB", "TGA")


def test_a_certificate_of_this_program_has_no_error() -> None:
    decided = replace(CERTIFICATE, decided_on=CERTIFICATE.valid_from)
    assert [c for c in lint(certificate_claims(decided)) if c.error] == []
