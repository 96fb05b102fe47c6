"""The outside world: command line, configuration, adapters, delivery, schedule."""
