"""The bot: understands, decides, answers, logs and serves. Knows nothing of training."""
