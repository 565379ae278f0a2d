"""The engine of anlan: devices in, signals, session, scene and sound out."""
