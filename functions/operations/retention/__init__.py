"""Retention: the event log in months, of which the oldest are dropped whole (specs/decisions/0013), and what stands
beside them (0017)."""
