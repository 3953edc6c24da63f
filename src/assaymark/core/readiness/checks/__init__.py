"""The named checks of ISO 9001:2015, by chapter, in the order in which the matrix shows them."""

from __future__ import annotations

from assaymark.core.readiness import Check
from assaymark.core.readiness.checks import context, evaluation, everywhere, improvement, leadership, planning, support

ISO_9001: tuple[Check, ...] = (
    *context.CHECKS,
    *leadership.CHECKS,
    *planning.CHECKS,
    *support.CHECKS,
    *evaluation.CHECKS,
    *improvement.CHECKS,
    *everywhere.CHECKS,
)
