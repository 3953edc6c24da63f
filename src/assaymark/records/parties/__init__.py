"""Organisations, sites, people, memberships, engagements."""
