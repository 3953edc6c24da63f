"""Data that ships: standards, schemes, sector codes, schemas and contexts, with the loaders that find them."""
