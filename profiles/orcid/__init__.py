"""ORCID: signing in with an iD, and reading public records."""
