"""Members, invitations, sites, guests and personal tokens."""
