"""The reference profile: a compact, mergeable summary of the accepted data."""
