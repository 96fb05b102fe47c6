"""The sample day: its transcript and how it is shown."""
