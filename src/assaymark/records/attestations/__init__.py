"""Certificates, accreditations and recognitions: one table, one life, one code."""
