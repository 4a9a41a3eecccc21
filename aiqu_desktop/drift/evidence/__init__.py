"""What keeps false alarms away: effective sample sizes and control over many tests."""
