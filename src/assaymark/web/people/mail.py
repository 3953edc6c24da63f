"""Mail about people. Links carry the installation's public address, never the host of a request."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from assaymark.core.parties import Actor
from assaymark.records.parties.invitations import Invited


def invitation_address(secret: str) -> str:
    """Where an invitation is accepted."""
    return settings.PUBLIC_URL + reverse("people:invitation", args=[secret])


def send_invitation(invited: Invited, *, by: Actor) -> None:
    """Send the link to the invited address, as text and HTML."""
    context = {
        "organisation": by.organisation_name,
        "by": by.name,
        "address": invitation_address(invited.secret),
        "expires_at": invited.invitation.expires_at,
    }
    subject = " ".join(f"{by.name} invites you to {by.organisation_name}".split())
    message = EmailMultiAlternatives(
        subject=subject, body=render_to_string("people/mail/invitation.txt", context), to=[invited.invitation.email]
    )
    message.attach_alternative(render_to_string("people/mail/invitation.html", context), "text/html")
    message.send()
