"""Bodies that watch each other's journals: who cosigns whose checkpoints, and what was seen."""
