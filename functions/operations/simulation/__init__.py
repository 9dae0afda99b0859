"""`taskwake simulate`: what would ring, played ahead on a virtual clock by the functions that decide it in earnest."""
