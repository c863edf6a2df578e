"""Insights: figures, topics of unanswered questions and mood alerts, worked out of the log."""
