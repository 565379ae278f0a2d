"""The twin: a person made of equations, for tests, demonstrations and what-if."""
