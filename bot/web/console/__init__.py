"""The staff console at /staff: Gradio Blocks, a tab per file."""
