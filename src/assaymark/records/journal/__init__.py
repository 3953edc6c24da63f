"""The journal: every change, append-only, in a Merkle tree."""
