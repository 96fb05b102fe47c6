"""What the bot decides: plain synchronous functions of a store, a moment and a message."""
