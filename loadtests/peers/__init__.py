"""The due engine beside its peers: the same work, on the same PostgreSQL, by what each offers for it."""
