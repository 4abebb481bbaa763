"""The score and the levels of a record, how they came about, and when they are computed anew."""
