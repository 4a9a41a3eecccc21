"""The product's words as plain types, its errors, its clocks and where a site keeps things."""
