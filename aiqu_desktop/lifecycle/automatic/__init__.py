"""Automatic rollback: under a policy that two people signed beforehand, else advice only.

    an alarm of the champion ── advised (no policy in force, or something stands in the way)
                          └── waiting (countdown, may be vetoed) ── acting ── done, or failed
                                     └── vetoed, or cancelled with its reason

A rollback that is due goes through the same release as any other; its warrant is spent with the intent, so one alarm
is answered once whatever is killed and whoever else looks.
"""
