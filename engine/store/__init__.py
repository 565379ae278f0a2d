"""Recording a session so that nothing is lost, reading it back, and replaying recordings."""
