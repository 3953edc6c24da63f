"""Verification for everybody: files in, four verdicts out. Offline: no address in a file is ever asked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Router, UploadedFile
from ninja.errors import HttpError
from ninja.throttling import AnonRateThrottle

from assaymark.api.shapes import ERRORS, Problem
from assaymark.records.attestations import queries
from assaymark.verify.engine import Input, verify
from assaymark.verify.verdict import as_json

router = Router()
MOST_FILES = 8
MOST_BYTES = 12 * 1024 * 1024


@router.post(
    "/",
    auth=None,
    throttle=[AnonRateThrottle("30/m")],
    response={200: list[dict[str, Any]], 413: Problem, **ERRORS},
    url_name="verify",
)
def verify_files(request: HttpRequest, files: File[list[UploadedFile]]) -> Any:
    """Judge credentials, PDF certificates and bundles against the trust list of this installation."""
    if len(files) > MOST_FILES or sum(file.size or 0 for file in files) > MOST_BYTES:
        raise HttpError(413, f"At most {MOST_FILES} files of {MOST_BYTES // 1024 // 1024} MB together.")
    now = timezone.now()
    inputs = [Input(file.name or "file", file.read()) for file in files]
    return [as_json(verdict) for verdict in verify(inputs, at=now, now=now, anchors=queries.anchors())]
