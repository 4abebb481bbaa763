"""Telling people: notices, digests, what is unread, and the mails of all of it."""
