"""Stand-ins for services of others, for tests and the demonstration; they say so on every page and in every log."""
