"""Writes what follows from the event catalogue and the functions' declarations (`make render`).

Truth flows one way: functions/ → components/, knative/ and specs/001-event-flow/contracts/. The output is committed,
and `make check` fails when it is stale.
"""
