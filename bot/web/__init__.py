import os

# Read by Gradio when it is imported and when a page is built: no usage reports, and no statistics
# of every event, which it would work out anew over the last 10,000 of them after each one.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**12))
