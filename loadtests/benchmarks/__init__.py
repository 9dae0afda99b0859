"""A module per benchmark: `async def measure() -> list[Result]`."""
