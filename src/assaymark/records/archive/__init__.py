"""Certificates' PDFs that are kept, and the archive timestamps that keep them provable."""
