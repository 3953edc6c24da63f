"""Template tags of the house. Built in: no template loads them. What they do is in docs/reference/components.md."""

from __future__ import annotations

import functools
import re
from datetime import date
from pathlib import Path
from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal
from assaymark.records.journal import recovery
from assaymark.web import dates, frame, signs

register = template.Library()
ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"


@functools.cache
def _icon_shapes(name: str) -> str:
    """What is inside the file's <svg>. Raises FileNotFoundError for a name that did not ship."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise FileNotFoundError(name)
    source = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    inside = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
    shapes = re.findall(r"<(?!path stroke=\"none\")[^>]+>", inside)
    return "".join(re.sub(r"\s+", " ", shape) for shape in shapes)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """`{% icon "home" %}`: an inline SVG that takes the colour of the text; hidden from assistive technology."""
    try:
        shapes = _icon_shapes(name)
    except FileNotFoundError:
        shapes = _icon_shapes("point")
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        css,
        mark_safe(shapes),  # noqa: S308 our own files
    )


@register.simple_tag(takes_context=True)
def o(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """`{% o "documents:record" document.id %}`: the address of a page of the organisation the actor acts in."""
    actor: Actor = context["actor"]
    if kwargs:
        return reverse(name, kwargs={"organisation": actor.organisation_slug, **kwargs})
    return reverse(name, args=[actor.organisation_slug, *args])


@register.simple_tag(takes_context=True)
def o_if(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """Like `o`, but empty when there is no such page or nobody acts: `{% o_if "search" as address %}`."""
    try:
        return o(context, name, *args, **kwargs)
    except (NoReverseMatch, KeyError, AttributeError):
        return ""


@register.simple_tag
def url_if(name: str, *args: Any, **kwargs: Any) -> str:
    """Like `url`, but empty when there is no such page: `{% url_if "verify" as address %}`."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def rail(context: Context) -> frame.Rail | None:
    """`{% rail as groups %}`: the left rail of the actor; None when nobody acts."""
    actor = context.get("actor")
    if actor is None:
        return None
    request = context["request"]
    return frame.rail_for(
        actor=actor, path=request.path, section=str(context.get("section") or ""), counts=context.get("rail_counts")
    )


@register.simple_tag(takes_context=True)
def standstill(context: Context) -> list[Refusal]:
    """`{% standstill as reasons %}`: why nothing can be written where the actor is; no query while all is well."""
    actor = context.get("actor")
    return recovery.state(actor.organisation_id) if actor is not None else []


@register.filter
def day(value: dates.Day | None) -> str:
    """`{{ row.due|day }}`: 23 Nov 2026."""
    return dates.day(value)


@register.filter
def moment(value: Any) -> str:
    """`{{ entry.at|moment }}`: 23 Nov 2026, 09:41 UTC."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{dates.day(local)}, {local:%H:%M} {local.tzname()}"


@register.filter
def ago(value: dates.Day | None) -> str:
    """`{{ entry.at|ago }}`: 3 weeks ago."""
    return "" if value is None else dates.ago(value, now=timezone.now())


@register.filter
def due(value: dates.Day | None) -> str:
    """`{{ row.due|due }}`: 3 days late, tomorrow, in 9 days."""
    return "" if value is None else dates.lateness(value, today=timezone.localdate())


@register.filter
def urgency(value: date | None) -> str:
    """`late`, `soon` or `later`; empty for None."""
    return "" if value is None else dates.urgency(value, today=timezone.localdate())


@register.simple_tag
def sign(value: Any, label: Any = "", tone: Any = "") -> signs.Sign:
    """`{% sign value label tone as s %}`: tone, icon and word of a state."""
    return signs.sign(value, label=str(label or ""), tone=str(tone or ""))


@register.filter
def initials(name: Any) -> str:
    """`{{ person.name|initials }}`: the one or two letters of an avatar."""
    words = str(name or "").replace("@", " ").split()
    if not words:
        return "?"
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@register.filter
def percent_of(value: Any, whole: Any) -> int:
    """`{{ 3|percent_of:12 }}`: 25; nothing of nothing is 0."""
    return round(100 * float(value or 0) / float(whole)) if whole and float(whole) else 0


@register.simple_tag(takes_context=True)
def page_query(context: Context, number: int, param: str = "page") -> str:
    """The query string of this page with another page number; filters and sorting stay."""
    query = context["request"].GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_window(page: Any) -> list[int | None]:
    """Page numbers around the present one; None stands for those left out."""
    last, here = page.paginator.num_pages, page.number
    wanted = sorted({1, last, *(n for n in range(here - 2, here + 3) if 1 <= n <= last)})
    numbers: list[int | None] = []
    for number in wanted:
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


@register.simple_tag
def widget_kind(field: Any) -> str:
    """What a bound field is drawn as: checkbox, choices, file, select, textarea or input."""
    name = type(field.field.widget).__name__
    if name == "CheckboxInput":
        return "checkbox"
    if name in {"RadioSelect", "CheckboxSelectMultiple"}:
        return "choices"
    if "File" in name:
        return "file"
    if "Select" in name and "Date" not in name:
        return "select"
    return "textarea" if name == "Textarea" else "input"


_CONTROL_CLASS = {
    "checkbox": "form-check-input",
    "choices": "",
    "file": "form-control",
    "select": "form-select",
    "textarea": "form-control",
    "input": "form-control",
}


@register.simple_tag
def control(field: Any, **attributes: Any) -> SafeString:
    """The widget of a bound field with the house's class; attributes are added, such as `placeholder=""`."""
    own = field.field.widget.attrs.get("class", "")
    css = f"{_CONTROL_CLASS[widget_kind(field)]} {own}".strip()
    attrs = {**attributes, **({"class": css} if css else {})}
    if field.errors:
        attrs["class"] = f"{css} is-invalid".strip()
    return SafeString(conditional_escape(field.as_widget(attrs=attrs)))
