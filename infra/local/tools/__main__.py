"""`python -m infra.local.tools`: makes sure of every tool and prints where each one is."""

import sys

from infra.local import tools


def main() -> int:
    """Exit code 1 when a tool is missing; the text of each failure is printed."""
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
        print(f"\n{failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
