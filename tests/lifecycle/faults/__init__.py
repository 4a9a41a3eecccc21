"""Faults at system-call level: SIGKILL, EIO, ENOSPC (strace), power cuts (a real disk, replayed traces), races.

site.py      one model on a site with a real line: put back to its beginning, and asked whether all promises hold
acts.py      the one place that knows how a release is asked for
host.py      a process with everything imported; forks the processes that die, and the line; forking.py is its near side
strace.py    which system calls a release makes, and faults at a chosen one
ext4.py      a disk in a file that loses its power
replay.py    what a power cut may leave by the letter of POSIX, told from a trace
campaign.py  lets every fault happen once and sums up
"""
