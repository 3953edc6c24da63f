"""Checks of ISO 9001:2015, chapter 7: measuring equipment, awareness, communication, documents."""

from __future__ import annotations

from assaymark.core.readiness import Finding, check, judged, missing, not_applicable, unrecorded
from assaymark.core.readiness.checks.context import documents_serving
from assaymark.core.readiness.facts import Instrument, Snapshot, say


def _in_use(snapshot: Snapshot) -> tuple[Instrument, ...]:
    return tuple(i for i in snapshot.instruments if i.state == "in_use")


@check("7.1.5", "Measuring equipment in use is within calibration")
def equipment_is_calibrated(snapshot: Snapshot) -> Finding:
    """The calibration date of every instrument in use."""
    instruments = _in_use(snapshot)
    if not instruments:
        return missing("No measuring equipment is in use.")
    late = [
        (i, f"was due on {say(i.due_on)}" if i.due_on else "never calibrated")
        for i in instruments
        if i.due_on is None or i.due_on < snapshot.day
    ]
    return judged(
        instruments,
        late,
        conforms=f"All {len(instruments)} are.",
        fails="These measure without a valid calibration. Block them or calibrate them.",
        open_words="overdue",
        shown=f"{len(instruments)} {'instrument' if len(instruments) == 1 else 'instruments'} in use",
    )


@check("7.1.5", "Each instrument has a certificate of its latest calibration")
def calibrations_have_certificates(snapshot: Snapshot) -> Finding:
    """A certificate, attached or by its number, for the latest calibration of every instrument in use (7.1.5.2 a)."""
    calibrated = [i for i in _in_use(snapshot) if i.calibrated_on]
    if not calibrated:
        return not_applicable("Nothing was calibrated yet.")
    return judged(
        calibrated,
        [(i, f"calibrated {say(i.calibrated_on)}") for i in calibrated if not i.certificate and i.calibrated_on],
        conforms=f"{len(calibrated)} of {len(calibrated)}.",
        fails="These have neither a file nor a certificate number.",
        open_words="without certificate",
    )


@check("7.1.5", "Out-of-tolerance results were assessed for their effect")
def out_of_tolerance_is_assessed(snapshot: Snapshot) -> Finding:
    """Instruments whose latest calibration found them out of tolerance: effect on earlier results, and not in use."""
    out = [i for i in snapshot.instruments if i.out]
    if not out:
        return not_applicable("No instrument is out of tolerance.")
    bad = [
        (i, "effect not assessed" if not i.assessed else "still in use")
        for i in out
        if not i.assessed or i.state == "in_use"
    ]
    return judged(
        out,
        bad,
        conforms=f"{len(out)} of {len(out)}, and none is in use.",
        fails="These need a decision.",
        open_words="out of tolerance",
    )


@check("7.3", "What has to be read is read in time")
def reading_is_confirmed(snapshot: Snapshot) -> Finding:
    """Confirmations of reading of every document in force."""
    asked = [d for d in snapshot.documents if d.read or d.unread]
    if not asked:
        return unrecorded("Nobody was asked to read a document yet.")
    read, everything = sum(d.read for d in asked), sum(d.read + d.unread for d in asked)
    return judged(
        asked,
        [(d, f"{d.late} late") for d in asked if d.late],
        conforms=f"{read} of {everything} confirmed; nobody is late.",
        fails=f"{read} of {everything} confirmed; of these some are late.",
        open_words="read late",
        shown=f"{read} of {everything} readings confirmed",
    )


@check("7.4", "Who communicates what is written down")
def communication_is_documented(snapshot: Snapshot) -> Finding:
    """Documents in force that name clause 7.4."""
    none = unrecorded("No register records communication yet, and no document in force names 7.4.")
    return documents_serving(snapshot, "7.4", what="communication", none=none)


@check("7.5", "Each document in force was approved")
def documents_are_approved(snapshot: Snapshot) -> Finding:
    """The approver of the revision in force; of an imported one, the import stands in for the approval (7.5.2 c)."""
    documents = snapshot.documents
    if not documents:
        return missing("No document is in force.")
    imported = sum(1 for d in documents if d.imported and not d.approved)
    before = f", {imported} of them before they were imported." if imported else "."
    return judged(
        documents,
        [(d, "no approver") for d in documents if not d.approved and not d.imported],
        conforms=f"All {len(documents)} were{before}",
        fails="Nobody approved these.",
        open_words="unapproved",
        shown=f"{len(documents)} {'document' if len(documents) == 1 else 'documents'} in force",
    )


@check("7.5", "No document is past its review date")
def documents_are_reviewed(snapshot: Snapshot) -> Finding:
    """The next review of every document in force."""
    documents = snapshot.documents
    if not documents:
        return not_applicable("No document is in force.")
    late = [(d, f"due {say(d.next_review)}") for d in documents if d.next_review and d.next_review < snapshot.day]
    return judged(
        documents,
        late,
        conforms="No review is late.",
        fails="The review of these is late.",
        open_words="past review",
    )


@check("7.5", "Each document has somebody who answers for it")
def documents_are_owned(snapshot: Snapshot) -> Finding:
    """The owner of every document in force that was written or revised here."""
    written = [d for d in snapshot.documents if not d.imported]
    if not written:
        return not_applicable("No document was written here yet.")
    return judged(
        written,
        [(d, "nobody") for d in written if d.owner_id is None],
        conforms=f"All {len(written)} have an owner.",
        fails="Nobody answers for these.",
        open_words="without owner",
    )


CHECKS = (
    equipment_is_calibrated,
    calibrations_have_certificates,
    out_of_tolerance_is_assessed,
    reading_is_confirmed,
    communication_is_documented,
    documents_are_approved,
    documents_are_reviewed,
    documents_are_owned,
)
