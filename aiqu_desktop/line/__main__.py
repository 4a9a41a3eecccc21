"""`python -m aiqu_desktop.line`."""

from aiqu_desktop.line.main import main

if __name__ == "__main__":
    main()
