"""What a plan must say: its context, both gates of the constitution, and why anything breaks it."""

from collections.abc import Iterator, Sequence

from infra.specs.constitution import NUMERAL
from infra.specs.document import Document, Row, Section
from infra.specs.finding import Finding
from infra.specs.structure import PLACEHOLDER

CONTEXT = (
    "Language and version",
    "Primary dependencies",
    "Storage",
    "Testing",
    "Target platform",
    "Project type",
    "Performance goals",
    "Constraints",
    "Scale",
)
GATES = ("Before research", "After design")
TRACKING = ("violation", "why needed", "simpler alternative rejected because")


def check(plan: Document, articles: Sequence[str]) -> Iterator[Finding]:
    """What a plan must say beyond having its sections; `articles` are the constitution's numerals."""
    if context := plan.section("Technical Context"):
        yield from _check_fields(plan, context, CONTEXT)
    if structure := plan.section("Project Structure"):
        yield from _check_fields(plan, structure, ("Structure Decision",))
    violated: dict[str, int] = {}
    if gates := plan.section("Constitution Check"):
        for gate in GATES:
            yield from _check_gate(plan, gates, gate, articles, violated)
    if tracking := plan.section("Complexity Tracking"):
        yield from _check_tracking(plan, tracking, violated)


def _check_fields(plan: Document, section: Section, names: Sequence[str]) -> Iterator[Finding]:
    fields = {field.name.lower(): field for field in section.fields()}
    for name in names:
        field = fields.get(name.lower())
        if field is None:
            what = f"{section.title} lacks {name}; add `**{name}**: …`"
            yield Finding(plan.path, section.line, what)
        elif not field.text:
            yield Finding(plan.path, field.line, f"{name} is empty; say what holds, or why nothing does")


def _check_gate(
    plan: Document, gates: Section, name: str, articles: Sequence[str], violated: dict[str, int]
) -> Iterator[Finding]:
    gate = next((s for s in gates.sections(3) if s.title.lower() == name.lower()), None)
    if gate is None:
        what = f"the gate `### {name}` is missing; answer each article under it"
        yield Finding(plan.path, gates.line, what)
        return
    answered: set[str] = set()
    for row in gate.table():
        article = row.cells.get("article", "").rstrip(".")
        if article not in articles:
            what = f"the constitution has no article `{article}`; its articles are {', '.join(articles)}"
            yield Finding(plan.path, row.line, what)
            continue
        if article in answered:
            yield Finding(plan.path, row.line, f"{name}: article {article} is answered twice; keep one answer")
        answered.add(article)
        yield from _check_answer(plan, row, f"{name}: article {article}", article, violated)
    for article in articles:
        if article not in answered:
            what = f"{name}: article {article} is not answered; add a row `| {article} | pass | because |`"
            yield Finding(plan.path, gate.line, what)


def _check_answer(plan: Document, row: Row, where: str, article: str, violated: dict[str, int]) -> Iterator[Finding]:
    answer = row.cells.get("answer", "").lower()
    if answer.startswith("violation"):
        violated.setdefault(article, row.line)
    elif answer != "pass" and PLACEHOLDER not in answer:
        what = f"{where} is answered `{answer}`; answer `pass`, or `violation` with a row in Complexity Tracking"
        yield Finding(plan.path, row.line, what)
    if not row.cells.get("because", ""):
        yield Finding(plan.path, row.line, f"{where} gives no reason; fill the column `because`")


def _check_tracking(plan: Document, tracking: Section, violated: dict[str, int]) -> Iterator[Finding]:
    tracked: set[str] = set()
    for row in tracking.table():
        for column in TRACKING:
            if not row.cells.get(column, ""):
                what = f"Complexity Tracking: `{column}` is empty or no column; every row justifies itself"
                yield Finding(plan.path, row.line, what)
        violation = row.cells.get("violation", "")
        article = NUMERAL.match(violation)
        if article is None or article[1] not in violated:
            if PLACEHOLDER not in violation:
                what = (
                    "Complexity Tracking: the row justifies no article that a gate answers `violation`; "
                    "start its violation with the article, as `II: …`, or delete the row"
                )
                yield Finding(plan.path, row.line, what)
        else:
            tracked.add(article[1])
    for article_name, line in violated.items():
        if article_name not in tracked:
            what = (
                f"article {article_name} is violated without a justification; "
                f"add a row `| {article_name}: … |` to Complexity Tracking"
            )
            yield Finding(plan.path, line, what)
