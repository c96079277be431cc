"""A page for one model: labels of a picture or a video, why they are predicted, and what if the graph were another.

Only ``page.py`` imports gradio, which is the extra ``webui``; all else are functions that know of no page.
"""
