"""What is remembered of imports: their runs, and the records that could not come in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One call of import_works for one provider over a list of files."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        RESOLVING = "resolving", _("resolving authors")
        DONE = "done", _("done")

    provider = models.CharField(max_length=20)
    paths = ArrayField(models.TextField())
    fingerprint = models.CharField(
        max_length=64, help_text="Of the files' names, sizes and times: a killed run resumes."
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["provider", "fingerprint"], name="import_run_resume")]


class QuarantinedRecord(models.Model):
    """A record that could not be imported, with its reason."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="quarantine")
    provider = models.CharField(max_length=20)
    provider_id = models.TextField(blank=True)
    place = models.TextField(help_text="File and line or element.")
    reason = models.TextField()
    raw = models.TextField(blank=True, help_text="At most 2,000 characters of it.")
    created_at = models.DateTimeField(db_default=Now())
