"""Accounts: signing in, settings, what an account holds."""
