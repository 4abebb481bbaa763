"""What profiles tell each other without importing each other."""

from django.dispatch import Signal

# author_ids: records whose verification level is another one than before; sent in the transaction that assessed them
levels_changed = Signal()
