"""How the room's processes are started, watched and talked to."""
