"""The sample shop, and the verb that makes a bot of it."""
