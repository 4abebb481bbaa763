"""Forms of moderation: what is chosen from a list, and a decision with its reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.models import Attestation, Decision, Dispute
from profiles.moderating import moderation

MOST = 4000
Verdict = Decision.Verdict
FOR = ("shown", "organisation")
AGAINST = tuple(name for name in moderation.REASONS if name not in (*FOR, "other"))
REASON_GROUPS = (
    ("", _("Choose a reason")),
    (_("For the claim"), [(name, moderation.REASONS[name]) for name in FOR]),
    (_("Against it"), [(name, moderation.REASONS[name]) for name in AGAINST]),
    (_("Neither"), [("other", _("In my own words"))]),
)


class ReasonForm(forms.Form):
    """A reason from the list and free words; what fits the verdict is checked here, the rest by the rule."""

    verdict = forms.CharField(max_length=10, widget=forms.HiddenInput, required=False)
    template = forms.ChoiceField(label=_("Reason"), choices=REASON_GROUPS, required=False)
    text = forms.CharField(
        label=_("In your own words"),
        help_text=_("Who is refused reads both."),
        max_length=MOST,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        unfit = {Verdict.APPROVE: AGAINST, Verdict.REJECT: FOR, Verdict.REVOKE: FOR}.get(given.get("verdict", ""), ())
        if given.get("template") in unfit:
            self.add_error("template", _("This reason speaks for the opposite decision."))
        return given


class DecisionForm(ReasonForm):
    """Its buttons say the verdict."""


class DisputeForm(ReasonForm):
    """Between two sides; reasons for and against fit either."""

    field_order = ("verdict", "template", "text")

    def __init__(self, dispute: Dispute, *args: Any) -> None:
        super().__init__(*args)
        outcomes = moderation.OUTCOMES[Dispute.Kind(dispute.kind)]
        choices = [(verdict.value, Verdict(verdict).label) for verdict in outcomes]
        self.fields["verdict"] = forms.ChoiceField(label=_("Decision"), choices=choices, widget=forms.RadioSelect)
        self.fields["text"].help_text = _("Both sides read it.")

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class AttestationForm(forms.Form):
    method = forms.ChoiceField(label=_("Kind"), choices=Attestation.Method.choices)
    issuer = forms.CharField(
        label=_("Organisation or service"), help_text=_("Shown on the record once confirmed."), max_length=200
    )
    result = forms.CharField(
        label=_("What it found"),
        help_text=_("The result only, never a document or a number of one. Moderators read it."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class SettleForm(forms.Form):
    text = forms.CharField(label=_("Remark"), max_length=MOST, required=False)


# What is shown of a list; what an address says wrongly counts as not chosen


class Chosen(forms.Form):
    """A form of an address: `chosen()` holds what it says rightly."""

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def narrows(self) -> bool:
        return any(name != "sort" for name in self.chosen())


def _select(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("all")), *choices], required=False)


class ClaimFilter(Chosen):
    q = forms.CharField(label=_("Record or account"), max_length=200, required=False)
    domain = _select(
        _("Address"),
        [
            ("listed", _("an institution’s")),
            ("moderated", _("to be judged")),
            ("public", _("a public provider’s")),
            ("unknown", _("unknown")),
        ],
    )
    name = _select(_("Name"), [("fits", _("fits the record")), ("differs", _("differs"))])
    proof = _select(_("Proof"), [("held", _("one holds")), ("none", _("none"))])
    account = _select(_("Account"), [("new", _("younger than a week")), ("refused", _("refused before"))])
    record = _select(_("Owner"), [("owned", _("somebody else")), ("free", _("nobody"))])
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[("", _("longest waiting first")), ("newest", _("latest first")), ("name", _("by name"))],
        required=False,
    )


class OwnerFilter(Chosen):
    q = forms.CharField(label=_("Record or account"), max_length=200, required=False)


class HistoryFilter(Chosen):
    q = forms.CharField(label=_("Record, account or words"), max_length=200, required=False)
    verdict = _select(_("Decision"), Verdict.choices)
    by = forms.CharField(label=_("Moderator"), max_length=200, required=False)
