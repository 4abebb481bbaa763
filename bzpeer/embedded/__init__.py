"""PostgreSQL 18 and two Valkeys from wheels, supervised by us, where the environment names no servers.

Nothing here imports Django: a supervisor stays small and starts before settings are read.
"""
