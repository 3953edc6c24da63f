"""The journal as pages: list, entry, proof, checkpoint, export. `history_of` is for the records of other ideas."""
