"""An invented corpus of any size in two real forms, for demonstration and measuring: nothing in it ever was."""
