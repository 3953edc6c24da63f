"""Words of the watch list: answers, the register's words, questions. Built into every template."""

from __future__ import annotations

from django import template

from assaymark.core.watching import NAMES, WORDS

register = template.Library()


@register.filter
def answer_word(value: str) -> str:
    """`{{ event.after|answer_word }}`: yes, no, cannot tell, listed as valid, no longer listed."""
    return WORDS.get(value, f"listed as {value}")


@register.filter
def question_word(name: str) -> str:
    """`{{ name|question_word }}`: Authentic, In force, Accredited, Recognised, Listed."""
    return NAMES.get(name, name)
