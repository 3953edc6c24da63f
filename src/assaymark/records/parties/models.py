"""Organisations, sites, people, memberships and engagements (ISO/IEC 17000, 4.3 to 4.7).

An organisation has no type: what it is in the chain follows from the attestations it issues and holds.
A person is an account; what they may do somewhere is a membership there, or an engagement with dates.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q

from assaymark.records.scope import Owned, new_id


class Organisation(models.Model):
    """A legal entity or a defined part of one: the unit that owns rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True, default="", help_text="ISO 3166-1 alpha-2")
    locality = models.CharField(max_length=200, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    website = models.URLField(blank=True, default="")
    registered_id = models.CharField(max_length=60, blank=True, default="", help_text="Number in a business register")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Accounts are found by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """A human being who can sign in (or once could: names on old records stay)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = (self.name or self.email).split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


class Site(Owned):
    """A place where an organisation works (IAF MD 1 calls it a site; certificates list them)."""

    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200, blank=True, default="")
    locality = models.CharField(max_length=200, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    activity = models.TextField(blank=True, default="", help_text="What is done here")
    personnel = models.PositiveIntegerField(default=0, help_text="Effective number of personnel")

    class Meta(Owned.Meta):
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(Owned):
    """A person in an organisation, with roles and dates."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    roles = models.JSONField(default=list)
    job_title = models.CharField(max_length=120, blank=True, default="")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Ended by an administrator, at once")

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.organisation}"


class Engagement(Owned):
    """Leave for people of another organisation to work in this one, for a purpose and a period.

    organisation = host (whose rows are seen); guest = who sends the people.
    """

    guest = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    people = models.ManyToManyField(Person, related_name="engagements")
    since = models.DateField()
    until = models.DateField()
    assessment_id = models.UUIDField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    ROW_SECURITY: ClassVar[str] = "organisation_id = {organisation} OR guest_id = {organisation}"

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="engagement_ends_after_start"),
            models.CheckConstraint(condition=~Q(guest=F("organisation")), name="engagement_with_another"),
        ]

    def __str__(self) -> str:
        return self.purpose

    @classmethod
    def visible_to(cls, organisation_id: Any) -> Q:
        return Q(organisation_id=organisation_id) | Q(guest_id=organisation_id)


class Sequence(Owned):
    """The next number of a kind (NC-0042) in an organisation."""

    prefix = models.CharField(max_length=30)
    value = models.PositiveIntegerField(default=0)

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "prefix"], name="sequence_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.value}"


class Invitation(Owned):
    """Leave to become a member, sent by e-mail; for one use and some days. Only the secret's hash is kept."""

    email = models.EmailField()
    roles = models.JSONField(default=list)
    job_title = models.CharField(max_length=120, blank=True, default="")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owned.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A person's key to the REST interface. It may do what its person may, wherever they may; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    beginning = models.CharField(max_length=12, help_text="First letters, to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name


class Receipt(Owned):
    """The answer to a request of the REST interface that carried an Idempotency-Key."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, help_text="SHA-256 of method, address and body")
    answer = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "person", "key"], name="receipt_once")]

    def __str__(self) -> str:
        return self.key
