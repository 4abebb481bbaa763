"""What moderators see and decide."""
