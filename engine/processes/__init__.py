"""Child processes of the room, and the memory they share with it."""
