"""How config.toml becomes a Config: reading, checking and saying what is wrong."""
