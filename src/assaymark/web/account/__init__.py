"""Sign-in, invitations, own account (allauth underneath)."""
