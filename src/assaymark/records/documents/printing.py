"""The PDF of an approved revision: made once, kept by its hash (an imported one at its first download)."""

from __future__ import annotations

from uuid import UUID

from assaymark.adapters.blobs import blobs
from assaymark.core import document_kinds
from assaymark.core.documents import State
from assaymark.formats import document_pdf
from assaymark.records.documents.models import Revision


def pdf_of(*, revision_id: UUID) -> bytes:
    """The PDF of an approved revision written as text. Raises DoesNotExist for drafts, files and other scopes.

    The hash is remembered with the revision; nothing that was approved changes by it.
    """
    revision = Revision.objects.select_related("document", "organisation", "author", "approved_by").get(
        pk=revision_id, state=State.APPROVED, blob=""
    )
    if revision.pdf and revision.pdf in blobs():
        return blobs().read(revision.pdf)
    content = document_pdf.render(
        _sheet(revision), revision.text, markdown=revision.media_type == document_kinds.MARKDOWN
    )
    digest = blobs().put(content)
    if not revision.pdf:
        Revision.objects.filter(pk=revision.pk, pdf="").update(pdf=digest)
    return content


def _sheet(revision: Revision) -> document_pdf.Sheet:
    assert revision.approved_at is not None and revision.effective_from is not None
    author = revision.author.name if revision.author else revision.source_author
    facts = [
        ("Revision", revision.label),
        ("In force from", f"{revision.effective_from.day} {revision.effective_from:%b %Y}"),
        ("Written by", author or "–"),
    ]
    if revision.approved_by:
        facts.append(("Approved by", revision.approved_by.name))
        facts.append(("Approved on", f"{revision.approved_at.day} {revision.approved_at:%b %Y}"))
    else:
        facts.append(("Imported from", revision.document.path))
    return document_pdf.Sheet(
        organisation=revision.organisation.name,
        number=revision.document.number,
        title=revision.title,
        revision=revision.label,
        sha256=revision.sha256,
        facts=tuple(facts),
        at=revision.approved_at,
    )
