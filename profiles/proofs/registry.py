"""The proofs there are, strongest first, by their method: the name in addresses, in the API and of attempts."""

from __future__ import annotations

from typing import Final

from profiles.proofs.arxiv_page import ArxivPageProof
from profiles.proofs.base import Proof
from profiles.proofs.corresponding import CorrespondingProof
from profiles.proofs.institution import InstitutionProof
from profiles.proofs.orcid import OrcidProof
from profiles.proofs.rel_me import RelMeProof

PROOFS: Final[dict[str, Proof]] = {
    proof.method: proof
    for proof in (OrcidProof(), ArxivPageProof(), InstitutionProof(), CorrespondingProof(), RelMeProof())
}


def of_entry(method: str) -> Proof | None:
    """Which proof wrote this method into the ledger."""
    return PROOFS.get(method) or next((proof for proof in PROOFS.values() if method in proof.entered_as), None)
