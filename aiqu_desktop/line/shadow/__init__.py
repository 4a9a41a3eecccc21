"""A challenger beside the champion: it answers the same rows after the champion has, in a process of its own.

The line's process begins that process, at the lowest priority, and ends it. It is no thread of the line: one that
waits for a processor while it holds the interpreter's lock would make the champion wait too, and a model that crashes,
hangs or takes all memory would take the champion along.

    MODEL/shadow/line.json, versions/   as of every model folder
    MODEL/shadow/champion.json          desktop → line: the pointer, which names the challenger
    MODEL/shadow/incoming/              the line moves each file here once the champion's answers are handed over
    MODEL/shadow/status.json            how the challenger is; the line's own status.json repeats it
"""
