"""The proofs there are, strongest first, by their method: the name in addresses, in the API and of attempts."""

from __future__ import annotations

from typing import Final

from profiles.proofs.arxiv_page import ArxivPageProof
from profiles.proofs.base import Proof
from profiles.proofs.orcid import OrcidProof

PROOFS: Final[dict[str, Proof]] = {proof.method: proof for proof in (OrcidProof(), ArxivPageProof())}
