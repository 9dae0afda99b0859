"""The host: everything between a delivery and a handler. Only the host commits."""
