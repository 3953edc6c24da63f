"""Pages of a body and of those who come to it: applications, clients, decisions, attestation, competence, impartiality.

The same for certification, accreditation and recognition: what differs are words, and those are the kind's
(`catalogue/schemes/kinds.toml`).
"""
