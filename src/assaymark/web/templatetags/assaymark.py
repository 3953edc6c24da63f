"""Template tags of the house. Built in: no template loads them."""

from __future__ import annotations

from django import template

register = template.Library()
