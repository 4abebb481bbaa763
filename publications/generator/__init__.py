"""An invented corpus of any size in two real forms: people, places and works that never were, for demonstration and measuring."""
