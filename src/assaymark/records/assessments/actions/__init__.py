"""Writes about assessments, by the part of the functional approach they belong to (ISO/IEC 17000:2020, Annex A)."""

from __future__ import annotations

from assaymark.records.assessments.actions.application import change_application, complete_application
from assaymark.records.assessments.actions.attestation import attest
from assaymark.records.assessments.actions.decision import close, decide, review
from assaymark.records.assessments.actions.determination import (
    add_line,
    conclude_stage,
    issue_report,
    judge,
    make_checklist,
    raise_from_line,
    start,
)
from assaymark.records.assessments.actions.explanation import put_aside, take_up
from assaymark.records.assessments.actions.people import end_relation, record_competence, record_relation
from assaymark.records.assessments.actions.selection import (
    accept_plan,
    add_member,
    answer_objection,
    apply,
    cancel,
    change_plan,
    object_to_team,
    plan_assessment,
    plan_programme,
    record_application,
    remove_member,
    review_application,
    send_plan,
    set_stages,
)
from assaymark.records.assessments.actions.standing import decide_about
from assaymark.records.assessments.planning import ApplicationContent, StagePlan

__all__ = [
    "ApplicationContent",
    "StagePlan",
    "accept_plan",
    "add_line",
    "add_member",
    "answer_objection",
    "apply",
    "attest",
    "cancel",
    "change_application",
    "change_plan",
    "close",
    "complete_application",
    "conclude_stage",
    "decide",
    "decide_about",
    "end_relation",
    "issue_report",
    "judge",
    "make_checklist",
    "object_to_team",
    "plan_assessment",
    "plan_programme",
    "put_aside",
    "raise_from_line",
    "record_application",
    "record_competence",
    "record_relation",
    "remove_member",
    "review",
    "review_application",
    "send_plan",
    "set_stages",
    "start",
    "take_up",
]
