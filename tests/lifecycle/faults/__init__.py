"""Faults at system-call level: SIGKILL, EIO, ENOSPC (strace), power cuts (ext4 shutdown, replayed traces), races.

site.py     one model on a site with a real line: put back to its beginning, and asked whether all promises hold
host.py     a process with everything imported; forks the processes that die, and the line
acts.py     the one place that knows how a release is asked for
strace.py   which system calls a release makes, and faults at a chosen one
"""
