"""How Django draws a form: `{{ form }}` and `{{ field.as_field_group }}` come out in the house's look everywhere.

Label above, help that says why, errors beside the field and listed on top (WCAG 2.2, 3.3.1 and 3.3.2).
"""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class HouseRenderer(TemplatesSetting):
    """Forms through templates/forms/; widgets stay Django's own."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
