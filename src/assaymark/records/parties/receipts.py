"""Receipts of the REST interface: one effect per Idempotency-Key, the same answer however often it is sent."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.parties.models import Receipt

LONGEST_KEY = 100
KEPT = timedelta(hours=24)


def open_receipt(*, by: Actor, key: str, digest: str, at: datetime) -> Receipt:
    """The receipt under a key, new or of before. Call in the transaction of the change.

    Raises Refused when the key stands for another request. A second request under way waits for the first.
    """
    own = Receipt.objects.filter(organisation_id=by.organisation_id, person_id=by.person_id)
    own.filter(at__lt=at - KEPT).delete()
    try:
        with transaction.atomic():
            return Receipt.objects.create(
                organisation_id=by.organisation_id, person_id=by.person_id, key=key, digest=digest, at=at
            )
    except IntegrityError:
        receipt: Receipt = own.select_for_update().get(key=key)
    if receipt.digest != digest:
        raise Refused(
            [
                Refusal(
                    "idempotency-key-used",
                    "",
                    "This Idempotency-Key was used for another request.",
                    "Use a new key for a new request.",
                )
            ]
        )
    return receipt


def close_receipt(*, receipt: Receipt, answer: tuple[int, Any]) -> None:
    """Keep the answer: status and values."""
    receipt.answer = json.loads(json.dumps(answer, cls=DjangoJSONEncoder))
    receipt.save(update_fields=["answer"])
