"""Commands: load, decide, save, commit, show. The only reader of clock and arguments."""
