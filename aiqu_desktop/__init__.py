"""AiQu Desktop: watch, promote and roll back machine-learning models on air-gapped industrial sites."""

__version__ = "0.1.0"
