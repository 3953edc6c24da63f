"""The address at which logs ask a body of this installation to cosign their checkpoints."""
