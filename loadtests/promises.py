"""What was promised, and where its figure comes from: the rows of the scorecard."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Promise:
    """`measured` finds its results by their names, as fnmatch does: of those with a target the promise is held to all,
    and shows the one that misses it by most, or comes nearest to that. `test` is what holds it, `begun_with` what the
    project was to reach at least."""

    text: str
    measured: str
    test: str
    begun_with: str = ""

    def is_about(self, name: str) -> bool:
        """Whether this result is one of those that it is held to."""
        return fnmatchcase(name, self.measured)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Promises that are measured together; `bound` is what keeps them from more on a machine of two cores."""

    title: str
    promises: tuple[Promise, ...]
    bound: str = ""


def _each(benchmark: str, test: str, *values: str) -> Iterator[Promise]:
    """A promise for each of these, which are called as the benchmark calls them."""
    return (Promise(value, f"{benchmark}: {value}", test) for value in values)


def _soak(part: str, test: str, *more: Promise) -> tuple[Promise, ...]:
    """What holds for each part of `make soak`."""
    ran = Promise("cases that ran, of all", f"soak-{part}: cases", test)
    return (*more, ran, Promise("cases in which something was wrong", f"soak-{part}: wrong", test))


def _times(part: str, test: str) -> Promise:
    """For those that can be repeated."""
    return Promise("so many times as much as in `make test`", f"soak-{part}: times each", test)


def _fuzz(part: str) -> tuple[Promise, ...]:
    """What holds for each part of `make fuzz`."""
    test = f"tests/unit/fuzz/test_{part}.py"
    return (
        Promise("each reader is given", f"fuzz-{part}: inputs each", test),
        Promise("readers that failed", f"fuzz-{part}: failures", test),
        Promise("the most memory that was held", f"fuzz-{part}: greatest memory", test),
    )


SHORT = "tests/integration/loadtests/test_short.py"
FLOW = "tests/dapr-integration/test_flow.py"
CATCH_UP = "tests/integration/recurring_task_service/test_catch_up.py"
LOST, TWICE, EARLY = ZEROS = "lost", "twice", "early"
PROCESSORS = "locust, Taskwake's one process and PostgreSQL share two cores"
CLUSTER = "the cluster, Kafka, PostgreSQL and who asks share two cores"

SCENARIOS = (
    Scenario("200 requests a second, embedded", (
        Promise("the slowest operation (p99)", "operations: * p99", "loadtests/benchmarks/operations.py", "< 500 ms"),
        Promise("requests that failed", "operations: failures", "loadtests/benchmarks/operations.py"),
    ), "one process handles all; who asks and PostgreSQL share its two cores"),
    Scenario("A day of 10,000 people in ten minutes, embedded", (
        Promise("requests that failed", "day: failures", f"loadtests/benchmarks/day.py, {SHORT}", "10k users"),
        Promise("the slowest operation (p99)", "day: *, p99", "loadtests/benchmarks/day.py", "< 500 ms"),
        Promise("events a minute", "day: events", "loadtests/benchmarks/day.py", "1000+"),
        Promise("the latest reminder", "day: reminders, latest", "loadtests/benchmarks/day.py", "± 30 s"),
        Promise("reminders early", "day: reminders early", "loadtests/benchmarks/day.py"),
        Promise("reminders not given", "day: reminders not given", "loadtests/benchmarks/day.py"),
    ), PROCESSORS),
    Scenario("Monday, 09:00: 10,000 reminders of as many people in one second, embedded", (
        Promise("a reminder is late by (p99)", "herd: p99", "loadtests/benchmarks/herd.py", "± 30 s"),
        *_each("herd", f"loadtests/benchmarks/herd.py, {SHORT}", *ZEROS),
    ), "one process handles all events; its processor and PostgreSQL's share two cores"),
    Scenario("5,000 streams, each cut off once a minute for ten minutes, embedded", (
        Promise("gaps", "streams: gaps", f"loadtests/benchmarks/streams.py, {SHORT}, tests/integration/chat_api/test_cut.py"),
        Promise("events of others", "streams: foreign", f"loadtests/benchmarks/streams.py, {SHORT}"),
        Promise("events twice", "streams: twice", f"loadtests/benchmarks/streams.py, {SHORT}"),
    ), "one process holds all streams; the 5,000 who listen share its two cores"),
    Scenario("A change in one browser is in another, 500 connected", (
        Promise("after (p99)", "live: p99", "tests/browser/test_page.py"),
    )),
    Scenario("A task is created that is due at once, embedded", (
        Promise("its notice is there after (p99)", "created-to-notice: p99", "loadtests/benchmarks/created_to_notice.py"),
    )),
    Scenario("1,000 reminders in a minute, embedded", (
        Promise("a reminder is late by (p99)", "minute-embedded: p99", "tests/integration/test_demo.py", "± 30 s"),
        *_each("minute-embedded", "tests/integration/test_demo.py", *ZEROS),
    )),
    Scenario("1,000 reminders in a minute, the Dapr way", (
        Promise("a reminder is late by (p99)", "minute-dapr: p99", FLOW, "± 30 s"),
        *_each("minute-dapr", FLOW, *ZEROS),
    )),
    Scenario("20,000 reminders in one second, embedded", tuple(_each("burst-embedded", "loadtests/benchmarks/burst_embedded.py", *ZEROS))),
    Scenario("20,000 reminders in one second, the Dapr way", (
        Promise("the last one is late by", "burst-dapr: last notice", "loadtests/benchmarks/burst_dapr.py", "± 30 s"),
        *_each("burst-dapr", "loadtests/benchmarks/burst_dapr.py", *ZEROS),
    ), "the processors: they take about 7 seconds of them, and 3 s on two cores have 6"),
    Scenario("Events through task-due, the Dapr way", (
        Promise("a minute", "throughput-dapr: events", FLOW, "1000+"),
        *_each("throughput-dapr", FLOW, LOST, TWICE),
    )),
    Scenario("People at work, the Dapr way", (
        Promise("requests that failed", "load-dapr: failures", FLOW),
        Promise("the slowest operation (p99)", "load-dapr: *, p99", "loadtests/benchmarks/load_dapr.py", "< 500 ms"),
    ), "Kafka, twelve processes and as many daprds share two cores with locust"),
    Scenario("After a year away: 100,000 reminders late, embedded", (
        Promise("new reminders meanwhile are late by (p99)", "backlog: new reminders, p99", CATCH_UP, "± 30 s"),
        *_each("backlog", CATCH_UP, *ZEROS),
        Promise("the process grows by", "backlog: growth of the process", "loadtests/benchmarks/backlog.py"),
    )),
    Scenario("24 h away, by a virtual clock, embedded: reminders and occurrences", (
        Promise("neither told nor recorded as missed", "downtime: lost", "tests/faults/test_downtime.py"),
        *_each("downtime", "tests/faults/test_downtime.py", TWICE, EARLY, "out of order", "otherwise wrong"),
    )),
    Scenario("24 h away, by a virtual clock, with five times the tasks, embedded", _soak("downtime", "tests/faults/test_downtime.py", _times("downtime", "tests/faults/test_downtime.py"))),
    Scenario("A million events while Taskwake and PostgreSQL are killed and frozen and events come again, embedded (network, clocks and disk left alone)", (
        Promise("handled", "million: events", "loadtests/benchmarks/million.py"),
        *_each("million", "loadtests/benchmarks/million.py", *ZEROS, "unpublished", "dead letters"),
    )),
    Scenario("Histories of the simulation in which everything breaks, each by its seed", (
        Promise("played", "soak-seeds: histories", "tests/faults/test_simulation.py"),
        Promise("in which something was wrong", "soak-seeds: wrong", "tests/faults/test_simulation.py"),
    )),
    Scenario("kill -9 at each named point, embedded", _soak("kill", "tests/faults/test_kill.py", _times("kill", "tests/faults/test_kill.py"))),
    Scenario("kill -9 in the middle of a migration", _soak("migration", "tests/faults/test_migration.py", _times("migration", "tests/faults/test_migration.py"))),
    Scenario("Bad weather between it and PostgreSQL, webhooks and mail, embedded", _soak("weather", "tests/faults/test_weather.py")),
    Scenario("PostgreSQL is killed or ended, and events come again, embedded", _soak("database", "tests/faults/test_database.py")),
    Scenario("The disk is full, embedded", _soak("disk", "tests/faults/test_disk.py")),
    Scenario("A clock is two minutes off, embedded", _soak("clock", "tests/faults/test_clock.py")),
    Scenario("kill -9 of each process in turn, the Dapr way", _soak("dapr-kill", "tests/dapr-integration/test_kill.py")),
    Scenario("Bad weather between any two parts, PostgreSQL and the scheduler begun anew, topics again, the Dapr way", _soak(
        "dapr-weather", "tests/dapr-integration/test_weather.py", _times("dapr-weather", "tests/dapr-integration/test_weather.py"),
        Promise("the broker is gone for", "soak-dapr-weather: broker gone", "tests/dapr-integration/test_weather.py"),
    )),
    Scenario("1 % poison in a stream, embedded", (
        Promise("healthy events' p99, times that without", "poison: p99 beside, against without", "loadtests/benchmarks/poison.py"),
        *_each("poison", "tests/integration/operations/test_poison.py", "healthy lost", "healthy twice", "not quarantined", "not handled after replay"),
    )),
    Scenario("1 % poison of each kind in a stream, the Dapr way", (
        Promise("healthy events' p99, times that without", "poison-dapr: p99 beside, against without", "loadtests/benchmarks/poison_dapr.py"),
        *_each("poison-dapr", "tests/dapr-integration/test_poison.py", "healthy lost", "healthy twice", "not quarantined", "not handled after replay"),
    )),
    Scenario("Wrong inputs for what reads CloudEvents, single and in batches", _fuzz("events")),
    Scenario("Wrong inputs for what reads files: calendars, Todoist's, Vikunja's, zips", _fuzz("files")),
    Scenario("Wrong inputs for what reads recurrence rules", _fuzz("recurrence")),
    Scenario("Wrong inputs for what reads requests", _fuzz("requests")),
    Scenario("Wrong inputs for what reads phrases and filters", _fuzz("words")),
    Scenario("Ten minutes of steady work, embedded: growth from the second third to the last", (
        *_each("leak", "loadtests/benchmarks/leak.py", *(f"{what}, growth" for what in ("memory of Taskwake", "open files of Taskwake", "connections to PostgreSQL"))),
    )),
    Scenario("From 1,000 to a million tasks: cost = c · tasks^exponent, embedded", (
        Promise("the greatest exponent of an operation", "growth: *, exponent", "loadtests/benchmarks/growth.py"),
    )),
    Scenario("10,000 tasks in an account, embedded", (
        Promise("the slowest list, filter, search or sync (p99)", "filters: *, p99", "tests/integration/chat_api/test_filtering.py, tests/integration/chat_api/test_sync.py", "< 500 ms"),
    )),
    Scenario("Deleting an account among 10,000 people with a million events, embedded", (
        Promise("one of 100 events, the slowest of ten", "leaving: 100 events, the slowest", "tests/integration/chat_api/test_leaving.py"),
        Promise("one of 10,000 tasks and 100,000 events", "leaving: 10,000 tasks, 100,000 events", "tests/integration/chat_api/test_leaving.py"),
    )),
    Scenario("The page", (
        Promise("its first load", "page: first load", "tests/browser/test_loading.py"),
        Promise("can be used after", "page: interactive", "tests/browser/test_loading.py"),
    )),
    Scenario("Words and rules", (
        Promise("the slowest next occurrence of a rule", "recurrence: *", "loadtests/benchmarks/recurrence.py"),
        Promise("a phrase is understood in (p99)", "phrases: a phrase, p99, taskwake", "loadtests/benchmarks/phrases.py"),
    )),
    Scenario("A function's cold start", (
        Promise("times that of functions-framework's hello world", "cold-start: ratio", "loadtests/benchmarks/cold_start.py"),
    ), "imports: psycopg with its pool 39 ms, pydantic 28 ms, the functions' own modules 25 ms, the first commit 18 ms"),
    Scenario("A real cluster, everything at zero", (
        Promise("people at work through the gateway: requests that failed", "cluster load: failures", "loadtests/cluster/load.py"),
        Promise("… the slowest operation (p99)", "cluster load: *, p99", "loadtests/cluster/load.py", "< 500 ms"),
        Promise("a reminder is late by (p99)", "cluster reminder: lateness from zero, p99", "tests/cluster/test_zero.py", "± 30 s"),
        Promise("… early", "cluster reminder: early", "tests/cluster/test_zero.py"),
        *(Promise(f"5,000 reminders in one second: {zero}", f"cluster burst: {zero}", "tests/cluster/test_burst.py") for zero in ZEROS),
        Promise("the slowest cold start, times a hello world's", "cluster cold-start: *, ratio", "loadtests/cluster/cold_start.py"),
        Promise("queries to the database while asleep", "cluster idle: queries while asleep", "loadtests/cluster/idle.py"),
        Promise("the largest image", "cluster image: *, compressed", "loadtests/cluster/sizes.py"),
    ), CLUSTER),
)  # fmt: skip
