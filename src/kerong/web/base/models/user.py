"""A person who logs in, with one role and what that role is bound to."""

from django.contrib.auth.models import AbstractUser
from django.db import models

INSTITUTION_ROLES = ("bank", "guarantor", "insurer", "fund")


class Role(models.TextChoices):
    """What a person does here; the route table says what each role may open."""

    OFFICIAL = "official"
    BANK = "bank"
    GUARANTOR = "guarantor"
    INSURER = "insurer"
    FUND = "fund"
    ENTERPRISE = "enterprise"
    ANALYST = "analyst"
    ADMIN = "admin"
    STEWARD = "steward"


class User(AbstractUser):
    """A log-in. An enterprise person has `enterprise_id`, an officer of an institution its code from region.toml.

    `person`: who the natural person is (a staff number) where somebody has several log-ins; what needs two people is
    judged by it, never by the log-in. Empty: the log-in is the person.
    """

    role = models.CharField(max_length=16, choices=Role.choices)
    enterprise_id = models.CharField(max_length=200, blank=True)
    institution = models.CharField(max_length=100, blank=True)
    person = models.CharField(max_length=150, blank=True, validators=[AbstractUser.username_validator])

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="enterprise_people_are_bound_to_one_enterprise",
                condition=models.Q(role="enterprise") ^ models.Q(enterprise_id=""),
            ),
            models.CheckConstraint(
                name="officers_are_bound_to_one_institution",
                condition=models.Q(role__in=INSTITUTION_ROLES) ^ models.Q(institution=""),
            ),
        )
