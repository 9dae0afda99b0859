"""`taskwake demo`: the main job, played with real input over HTTP, and the timeline of what came of it."""
