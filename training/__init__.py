"""Training: data sets, fine-tuning, evaluation and the round that promotes a release."""
