"""Assaymark: quality management, certification, accreditation and the chain of trust."""

__version__ = "0.1.0"
