"""The session: protocol files, the conductor, the controller, and why things change."""
