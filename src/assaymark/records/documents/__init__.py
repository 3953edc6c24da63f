"""Controlled documents: revisions, approval, reading, review, import (ISO 9001:2015, 7.5)."""
