"""`python -m infra.local.tools`: makes sure of every tool and prints where each one is."""

import os
import sys

from infra.local import tools


def main() -> int:
    """Print each failure. Exit code 1 for one in CI; elsewhere the tests that need the tool skip themselves."""
    rows = [("tool", "version", "path", "how it was had")]
    failures = []
    for ensure in (tools.java, tools.kafka, tools.scheduler, tools.daprd, tools.pgbouncer, tools.chromium):
        try:
            tool = ensure()
        except tools.ToolMissingError as error:
            failures.append(str(error))
        else:
            rows.append((tool.name, tool.version, str(tool.path), tool.source))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for failure in failures:
        print(f"\n{failure}\nThe tests that need it will be skipped.", file=sys.stderr)
    return 1 if failures and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
