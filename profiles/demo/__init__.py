"""The people, domains and conversations of a demonstration."""
