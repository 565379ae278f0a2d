"""Pictures: everything the officer sees. The only part that knows panda3d."""
