"""The registers of a quality management system: one machinery, one short declaration each."""
