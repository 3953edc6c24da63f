"""Bytes in, verdict out: numbered checks, policy apart from cryptography. Imports neither Django nor the network."""
