"""Bytes in, verdict out: four answers per certificate, each yes, no or unknown, with reason and evidence.

No Django, no clock, no network of its own: the moment is an argument, fetching is a function that is passed in.
"""

from assaymark.verify.engine import Input, verify
from assaymark.verify.policy import Policy
from assaymark.verify.verdict import Answer, CertificateVerdict, ChainLink, Code, Finding, Step, as_json

__all__ = [
    "Answer",
    "CertificateVerdict",
    "ChainLink",
    "Code",
    "Finding",
    "Input",
    "Policy",
    "Step",
    "as_json",
    "verify",
]
