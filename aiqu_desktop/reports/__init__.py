"""PDF and evidence export: what a report says as plain data, and how it is drawn and printed."""
