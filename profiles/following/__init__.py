"""Following, the news of what is followed, and the feed of it."""
