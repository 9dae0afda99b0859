"""The Dapr way: Pub/Sub, Jobs, State and Secrets, through the function's sidecar or anchor.

The SDK is imported at the first call that needs it: importing it costs as much as a whole cold function.
"""
