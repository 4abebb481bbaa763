"""An author's assessments in full: every factor with its inputs, what would raise the score, and the history."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from profiles.assessing import levels, trust, wording
from profiles.models import Assessment


def explanation(snapshots: Sequence[Assessment]) -> dict[str, Any]:
    """Of the last of these snapshots (oldest first). Without any, every figure is None."""
    if not snapshots:
        return {**dict.fromkeys(("score", "band", "level", "level_name")), "claimed": False, "history": []} | {
            "factors": [],
            "what_would_raise": [],
            "formula_version": trust.VERSION,
        }
    snapshot = snapshots[-1]
    return {
        "score": snapshot.score,
        "band": snapshot.band,
        "level": snapshot.level,
        "level_name": levels.NAMES[snapshot.level],
        "claimed": "claim" in snapshot.inputs["standing"],
        "standing": snapshot.inputs["standing"],
        "factors": factors(snapshot),
        **totals(snapshot),
        "what_would_raise": what_would_raise(snapshot),
        "history": history(snapshots),
        "formula_version": snapshot.formula_version,
        "assessed_at": snapshot.assessed_at,
        "cause": snapshot.cause,
    }


def factors(snapshot: Assessment) -> list[dict[str, Any]]:
    """The eight parts in the order of the method, in points to one decimal."""
    return [_factor(name, snapshot) for name in trust.FACTORS]


def _factor(name: str, snapshot: Assessment) -> dict[str, Any]:
    words = wording.FACTORS[name]
    curve = trust.CURVES.get(name)
    field = curve.field if curve else "level"
    return {
        "name": name,
        "letter": curve.letter if curve else "I",
        "label": str(words.label),
        "measures": str(words.measures),
        "value": snapshot.factors[name] / 10,
        "cap": curve.cap if curve else trust.IDENTITY[-1],
        "half": curve.half if curve else None,
        "inputs": {field: snapshot.inputs[field]},
        "evidence": [],
    }


def totals(snapshot: Assessment) -> dict[str, Any]:
    """Parts, rounding and what the ceiling takes away add up to the score."""
    return {
        "total": sum(snapshot.factors[name] for name in trust.FACTORS) / 10,
        "rounding": snapshot.factors["rounding"] / 10,
        "ceiling": {"value": trust.CEILINGS[snapshot.level], "reduction": snapshot.factors["ceiling"] / 10},
    }


def what_would_raise(snapshot: Assessment) -> list[dict[str, Any]]:
    """By running today's formula again on the stored inputs with one thing changed.

    While a record is contested nobody gains: its level cannot rise before a moderator has decided.
    """
    contested = "contested" in snapshot.inputs["standing"]
    return [
        {
            "change": step.change,
            "count": step.count,
            "description": wording.change(step.change, step.count, snapshot.level),
            "score": step.score,
            "gain": step.gain,
            "possible_now": not (step.change == "level" and snapshot.level >= 1 and contested),
        }
        for step in trust.what_would_raise(trust.from_json(snapshot.inputs))
    ]


def history(snapshots: Sequence[Assessment]) -> list[dict[str, Any]]:
    """Newest first, each with the inputs that had changed."""
    before: list[Assessment | None] = [None, *snapshots]
    rows = [_entry(old, new) for old, new in pairwise(before) if new]
    return rows[::-1]


def _entry(old: Assessment | None, new: Assessment) -> dict[str, Any]:
    return {
        "assessed_at": new.assessed_at,
        "score": new.score,
        "band": new.band,
        "level": new.level,
        "cause": new.cause,
        "formula_version": new.formula_version,
        "changes": differences(old, new) if old else [],
    }


def differences(old: Assessment, new: Assessment) -> list[dict[str, Any]]:
    """The inputs in which two snapshots differ."""
    names = ["level", *(curve.field for curve in trust.CURVES.values())]
    return [
        {"input": name, "before": old.inputs[name], "after": new.inputs[name]}
        for name in names
        if old.inputs[name] != new.inputs[name]
    ]
