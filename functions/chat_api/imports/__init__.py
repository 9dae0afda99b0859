"""Imports: what other programs' files say, taken over."""
