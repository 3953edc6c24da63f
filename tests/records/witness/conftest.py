"""The cast: Halden holds a certificate of Certlight, Certlight an accreditation of Nordwerk; Brandt stands aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from assaymark.core import journal
from assaymark.core.attestation import AttestationKind
from assaymark.records.attestations.models import Attestation
from assaymark.records.journal import last_signed, triggers
from assaymark.records.journal.actions import append
from assaymark.records.journal.models import Checkpoint, Cosignature, JournalEntry, JournalHead, JournalName
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import new_id, organisation_scope

AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
Work = Callable[..., None]


@pytest.fixture
def nordwerk(db: None) -> Organisation:
    return add_organisation(slug="nordwerk", name="Nordwerk Accreditation", at=AT)


@pytest.fixture
def certlight(nordwerk: Organisation) -> Organisation:
    body = add_organisation(slug="certlight", name="Certlight", at=AT)
    attest(nordwerk, body, AttestationKind.ACCREDITATION)
    return body


@pytest.fixture
def halden(certlight: Organisation) -> Organisation:
    holder = add_organisation(slug="halden", name="Halden Precision Ltd", at=AT)
    attest(certlight, holder, AttestationKind.CERTIFICATE)
    return holder


@pytest.fixture
def brandt(db: None) -> Organisation:
    return add_organisation(slug="brandt", name="Brandt Machining", at=AT)


def attest(issuer: Organisation, holder: Organisation, kind: AttestationKind) -> None:
    """That one attests something of the other; which is all that watching asks for."""
    with organisation_scope(issuer.pk):
        Attestation.objects.create(
            organisation=issuer,
            holder=holder,
            kind=kind.value,
            number=f"{issuer.slug}-1",
            edition_key="iso-9001-2015",
            standard_label="ISO 9001:2015",
            original_issue=AT.date(),
            valid_from=AT.date(),
        )


@pytest.fixture
def work() -> Work:
    """Write entries: `work(organisation, 3)`."""

    def write(organisation: Organisation, entries: int = 1, label: str = "Purchasing") -> None:
        with transaction.atomic(), organisation_scope(organisation.pk):
            for _ in range(entries):
                append(
                    organisation_id=organisation.pk,
                    verb="documents.approved",
                    subject_kind="documents.document",
                    subject_id=new_id(),
                    subject_label=label,
                    by=None,
                    at=AT,
                )

    return write


def restore_backup(organisation: Organisation, *, size: int, home: bool, settings: Any = None) -> None:
    """The database of when there were `size` entries; with home, also the file of what was last signed then."""
    triggers.remove()
    with organisation_scope(organisation.pk):
        Cosignature.objects.filter(checkpoint__size__gt=size).delete()
        Checkpoint.objects.filter(size__gt=size).delete()
        JournalName.objects.filter(entry__index__gte=size).delete()
        JournalEntry.objects.filter(index__gte=size).delete()
        leaves = [bytes(row.leaf) for row in JournalEntry.objects.order_by("index")]
        JournalHead.objects.update(size=size, frontier=b"".join(journal.frontier_of(leaves)))
        older = Checkpoint.objects.order_by("size").last()
    triggers.install()
    if home:
        path: Path = last_signed._path(organisation.pk)
        path.unlink()
        if older is not None:
            with last_signed.locked(organisation.pk):
                last_signed.write(organisation.pk, older.note)
