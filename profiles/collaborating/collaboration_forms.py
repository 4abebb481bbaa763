"""Forms of direct collaboration: an invitation, its answer, a message, a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.models import Invitation, Report

SHORT_ID = re.compile(r"\b([WT])(\d{1,18})\b", re.IGNORECASE)
Purpose = Invitation.Purpose
SENTENCES: dict[str, str | Promise] = {
    Purpose.COAUTHORING: gettext_lazy("Write something together: a paper, a proposal, software."),
    Purpose.REVIEW: gettext_lazy("Ask for their view of a draft, or offer yours of one of theirs."),
    Purpose.DATA: gettext_lazy("Ask for data, code or material, or offer some."),
    Purpose.TALK: gettext_lazy("Invite them to a talk, a seminar or a visit."),
    Purpose.QUESTION: gettext_lazy("Ask about something they wrote."),
}


def new_key() -> str:
    """Written into a form when it is shown: what is sent twice with it acts once."""
    return uuid4().hex


def key_of(given: str, text: str) -> str:
    """Of the form and its words: pressed twice it acts once, gone back to and changed it is something new."""
    return sha256(f"{given or new_key()} {text}".encode()).hexdigest()[:40]


class KeyField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(max_length=64, required=False, widget=forms.HiddenInput)


class NumbersField(forms.Field):
    """The numbers of chosen things; what is none is left out."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.MultipleHiddenInput)

    def to_python(self, value: Any) -> list[int]:
        return [int(one) for one in value or () if str(one).isdecimal() and len(str(one)) < 19]


class InvitationForm(forms.Form):
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for?"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is for.")},
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy("Who you are to them, what you would like, and by when. Markdown, and TeX between $…$."),
        widget=forms.Textarea({"rows": 9, "dir": "auto", "data-draft": ""}),
        error_messages={"required": gettext_lazy("Write a message.")},
    )
    works = NumbersField()
    topics = NumbersField()
    more = forms.CharField(
        label=gettext_lazy("Further works or topics, by number or address"),
        help_text=gettext_lazy("Such as W12 or T3, with blanks between them."),
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    find = forms.CharField(max_length=200, required=False)
    key = KeyField()

    def clean_more(self) -> list[tuple[str, int]]:
        """(W or T, number) of each that is named."""
        typed = self.cleaned_data["more"]
        named = [(letter.upper(), int(number)) for letter, number in SHORT_ID.findall(typed)]
        if typed.strip() and not named:
            raise ValidationError(_("This names no work and no topic: their numbers look like W12 and T3."))
        return named

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        named: Iterable[tuple[str, int]] = given.get("more") or ()
        for letter, name in (("W", "works"), ("T", "topics")):
            numbers = [*given.get(name, ()), *(number for kind, number in named if kind == letter)]
            given[name] = list(dict.fromkeys(numbers))
        given["key"] = key_of(given.get("key", ""), given.get("message", ""))
        return given

    def chosen_numbers(self) -> tuple[list[int], list[int]]:
        """Works and topics that are chosen so far, whatever else is wrong."""
        if not self.is_bound:
            return [], []
        self.is_valid()
        return self.cleaned_data["works"][:50], self.cleaned_data["topics"][:50]


class DeclineForm(forms.Form):
    """No reason need be given: an invitation that a block ended has none, and looks like others."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason, if you like to give one"),
        choices=Invitation.DeclineReason.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("A word to them"),
        help_text=gettext_lazy("May stay empty. They read it beside the reason."),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


class MessageForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        widget=forms.Textarea({"rows": 4, "dir": "auto", "data-draft": "", "aria-describedby": "compose-help"}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    key = KeyField()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["key"] = key_of(given.get("key", ""), given.get("text", ""))
        return given


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("What should a moderator know?"),
        help_text=gettext_lazy("May stay empty. Moderators read it; whom you report does not."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )


class ReportDecisionForm(forms.Form):
    """Of a whole conversation nothing can be removed."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=Report.Verdict.choices, widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days without invitations"),
        help_text=gettext_lazy("Only where that is the decision."),
        min_value=1,
        max_value=365,
        initial=30,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Who reported it reads it; who wrote it does where something is done."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, report: Report, *args: Any) -> None:
        super().__init__(*args)
        if report.kind == Report.Kind.CONVERSATION:
            kept = [choice for choice in Report.Verdict.choices if choice[0] != Report.Verdict.REMOVE]
            self.fields["verdict"] = forms.ChoiceField(
                label=gettext_lazy("Decision"), choices=kept, widget=forms.RadioSelect
            )
