"""Proofs that a claim can be given, each a small module with the same interface (`base.Proof`)."""
