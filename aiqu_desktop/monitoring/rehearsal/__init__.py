"""Rehearsal: replay the site's own past under proposed limits, and plant changes to see how soon they would ring."""
