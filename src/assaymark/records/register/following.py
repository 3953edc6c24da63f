"""Who wants to know that the register says something new. Apps name themselves in `ready`; the register knows none.

They are called after the transaction has ended well, and none of them can undo what the register took.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

OfListing = Callable[[int, dt.datetime], None]
OfSource = Callable[[int, dt.datetime], None]
_OF_LISTING: list[OfListing] = []
_OF_SOURCE: list[OfSource] = []


def after_change(of_listing: OfListing, of_source: OfSource) -> None:
    """Call these with a listing's id after it was published, and with a source's id after a snapshot was taken."""
    if of_listing not in _OF_LISTING:
        _OF_LISTING.append(of_listing)
    if of_source not in _OF_SOURCE:
        _OF_SOURCE.append(of_source)


def listing_changed(listing_id: int, *, at: dt.datetime) -> None:
    """Tell them of one listing, once the current transaction has ended."""
    for follower in _OF_LISTING:
        transaction.on_commit(lambda call=follower: call(listing_id, at), robust=True)  # type: ignore[misc]


def source_changed(source_id: int, *, at: dt.datetime) -> None:
    """Tell them of a whole source, once the current transaction has ended."""
    for follower in _OF_SOURCE:
        transaction.on_commit(lambda call=follower: call(source_id, at), robust=True)  # type: ignore[misc]
