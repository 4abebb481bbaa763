"""Forms of the pages of claims and disputes: a few words each."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 4000


def _words(label: object, help_text: object, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type] # lazy texts
        help_text=help_text,  # type: ignore[arg-type]
        max_length=MOST,
        required=required,
        widget=forms.Textarea({"rows": 6}),
    )


class NoteForm(forms.Form):
    note = _words(
        _("Why this is you"),
        _("Only you and moderators read it. Name what can be checked: a staff page, an old address, a co-author."),
    )


class ObjectionForm(forms.Form):
    text = _words(
        _("Why this is somebody else"),
        _("Moderators and the claimant read it, without your name. Say what can be checked."),
    )


class StatementForm(forms.Form):
    text = _words(_("What moderators should know"), _("Moderators and the other side read it, without your name."))


class AppealForm(forms.Form):
    text = _words(_("What the decision overlooked"), _("Another moderator reads it, and the other side."))


class MergeForm(forms.Form):
    note = _words(
        _("Why both records are yours"),
        _("If it is not plain from the works: a former name, another spelling, an earlier affiliation."),
        required=False,
    )
