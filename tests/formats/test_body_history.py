"""A subject's past in an accreditation: written, read back, and passed over where it is malformed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from assaymark.core.body_changes import ChangeKind, FormerName, Predecessor
from assaymark.formats.body_history import former_names_of, predecessors_of
from assaymark.formats.credential import issue_recognition_credential, read_credential
from assaymark.formats.credential_claims import recognition_claims
from assaymark.verify.identifiers import CurrentKeys
from tests.trust_cast import ACCREDITATION, NORDWERK, NOW

NAMES = (FormerName("Hanse Register", dt.date(2020, 6, 30)),)
ENDED = (Predecessor("did:key:zOld", "Old Cert", dt.date(2026, 7, 1), ChangeKind.SUCCEEDED),)


def subject(**members: Any) -> dict[str, Any]:
    """Claims of a subject with these members."""
    return {"credentialSubject": {"id": "did:key:zSelf", **members}}


class TestAPast:
    def test_is_signed_and_read_back(self) -> None:
        content = replace(ACCREDITATION, former_names=NAMES, predecessors=ENDED)
        token = issue_recognition_credential(content, key=NORDWERK)
        read = read_credential(token, resolver=CurrentKeys(now=NOW))
        assert former_names_of(read.claims) == NAMES
        assert predecessors_of(read.claims) == ENDED

    def test_is_not_written_where_there_is_none(self) -> None:
        claims = recognition_claims(ACCREDITATION)["credentialSubject"]
        assert "formerNames" not in claims
        assert "succeeds" not in claims

    @pytest.mark.parametrize(
        "rows",
        [
            "did:key:zOld",
            {"id": "did:key:zOld"},
            ["did:key:zOld"],
            [{"name": "Old", "from": "2026-07-01"}],
            [{"id": "did:key:zOld", "from": "2026-07-01"}],
            [{"id": "did:key:zOld", "name": "Old", "from": "soon"}],
            [{"id": "did:key:zOld", "name": "Old"}],
            [{"id": "did:key:zOld", "name": "Old", "from": "2026-07-01", "how": "renamed"}],
            [{"id": "did:key:zOld", "name": "Old", "from": "2026-07-01", "how": ["merged-into"]}],
            [{"id": "did:key:zSelf", "name": "Self", "from": "2026-07-01"}],
            None,
        ],
    )
    def test_that_is_malformed_names_no_predecessor(self, rows: Any) -> None:
        assert predecessors_of(subject(succeeds=rows)) == ()

    @pytest.mark.parametrize("rows", ["x", [7], [{"name": 7, "until": "2020-01-01"}], [{"name": "Old", "until": "x"}]])
    def test_that_is_malformed_names_no_former_name(self, rows: Any) -> None:
        assert former_names_of(subject(formerNames=rows)) == ()

    def test_is_a_merger_when_it_does_not_say_how(self) -> None:
        rows = [{"id": "did:key:zOld", "name": "Old", "from": "2026-07-01"}]
        assert predecessors_of(subject(succeeds=rows))[0].how is ChangeKind.MERGED

    def test_of_endless_length_is_read_up_to_fifty(self) -> None:
        rows = [{"id": f"did:key:z{n}", "name": "Old", "from": "2026-07-01"} for n in range(200)]
        assert len(predecessors_of(subject(succeeds=rows))) == 50
