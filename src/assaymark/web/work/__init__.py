"""My work: what one person has to do, from every idea."""
