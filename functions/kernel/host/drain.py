"""How long a process that is asked to end has for what it was given. The rest is cut, and done after its next start."""

DRAIN_SECONDS = 10
"""For the requests that are being answered, and once more for the events that are being handled."""
