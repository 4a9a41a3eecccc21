import sys

from tests.benchmarks.peers import main

main(sys.argv[1:])
