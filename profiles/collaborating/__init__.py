"""Direct collaboration: invitations, conversations, blocks, reports."""
