"""Claims of records: proofs, the ledger, owners, contests and disputes, vouches."""
