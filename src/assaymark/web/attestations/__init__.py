"""Certificates, accreditations and recognitions inside an organisation: what it issued and what it holds."""
