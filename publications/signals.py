"""What publications tells the layers above, which it may not import."""

from django.dispatch import Signal

# Sent inside the transaction that changed them: author_ids (list of int), work_ids (list of int), cause (str).
# Receivers refresh edges, mark slices stale and assessments due by sets.
corpus_changed = Signal()
