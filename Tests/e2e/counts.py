"""Prints `PASSED FAILED` of a JUnit report; fails where no test ran."""

import sys
import xml.etree.ElementTree as tree

suites = list(tree.parse(sys.argv[1]).getroot().iter("testsuite"))
total, bad, skipped = (
    sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "skipped")
)
bad += sum(int(suite.get("errors", 0)) for suite in suites)
print(total - bad - skipped, bad)
sys.exit(0 if total > 0 else 1)
