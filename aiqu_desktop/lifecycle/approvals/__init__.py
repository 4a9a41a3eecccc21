"""Promotion by two people: a signed request, another person's signed approval, and one release on the strength of both.

    pending ── approved ── used (by the one release that it entitles)
       │           │
       └───────────┴── declined, expired, or void when the artifact or the evidence is no longer what was signed

A release cannot be written down without a `Warrant`: the journal spends it in the transaction of the intent.
"""
