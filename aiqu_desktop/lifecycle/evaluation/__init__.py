"""Versions measured by the site itself: on its held-out set, on its recent labelled data, and for time and memory."""
