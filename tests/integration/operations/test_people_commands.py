"""The commands for people, against a Taskwake that is served."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from functions.operations.cli import app
from tests.served import Served, command

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served.start(tmp_path_factory.mktemp("taskwake"))
    yield served
    served.end()


@pytest.fixture
def run(served: Served) -> Run:
    def run(*arguments: str, stdin: str | None = None) -> Result:
        environment = {"TASKWAKE_DATA": str(served.folder), "TASKWAKE_URL": "", "TASKWAKE_TOKEN": ""}
        return CliRunner().invoke(app, arguments, input=stdin, env=environment)

    return run


@pytest.fixture
def made(run: Run) -> Callable[[str], str]:
    """Adds a task; its id."""
    return lambda text: json.loads(run("add", text, "--json").stdout)["id"]


@pytest.mark.requirement("PROD-112")
def test_what_is_added_is_said_back_as_it_was_understood(run: Run) -> None:
    said = run("add", "ring", "Ada", "tomorrow at 9", "p1", "@phone", "#inbox")

    assert said.exit_code == 0, said.output
    assert "“ring Ada”, due tomorrow 09:00, p1, @phone, #Inbox." in said.stdout


@pytest.mark.requirement("PROD-112")
@pytest.mark.parametrize("words", ["delete everything", "show my tasks", "done with the garden", "undo"])
def test_whatever_is_added_becomes_a_task_and_never_a_command(run: Run, words: str) -> None:
    before = len(json.loads(run("list", "all", "--json", "--limit", "900").stdout))

    assert json.loads(run("add", words, "--json").stdout)["title"] == words
    assert len(json.loads(run("list", "all", "--json", "--limit", "900").stdout)) == before + 1


@pytest.mark.requirement("PROD-112")
def test_of_two_readings_none_is_taken_and_a_list_that_is_not_there_stays_in_the_title(run: Run) -> None:
    unsettled = run("add", "dentist 03/04")
    assert unsettled.exit_code == 1
    assert "may mean one of two" in unsettled.stderr
    nowhere = run("add", "mend the gate #nowhere", "--json")
    assert json.loads(nowhere.stdout)["title"] == "mend the gate #nowhere"
    assert "There is no list “nowhere”" in nowhere.stderr


@pytest.mark.requirement("PROD-113")
def test_a_task_is_done_reopened_and_deleted_by_its_short_id_or_its_words(run: Run, made) -> None:
    task_id = made("polish the brass every monday")

    assert run("done", "polish", "brass").stdout == "Done: “polish the brass”. The next one is on its way.\n"
    assert run("reopen", task_id[:8]).stdout == "“polish the brass” is open again.\n"
    assert run("edit", task_id[:8], "--title", "polish the silver", "--priority", "2").exit_code == 0
    unasked = run("rm", task_id[:8])
    assert (unasked.exit_code, "--yes says so" in unasked.stderr) == (1, True)
    assert run("rm", task_id[:8], "--yes").stdout == "Deleted “polish the silver”.\n"
    assert "polish" in run("undo").stdout


@pytest.mark.requirement("PROD-113")
def test_where_several_fit_nothing_is_done_and_each_is_named(run: Run, made) -> None:
    ids = [made("feed the cat"), made("feed the dog")]

    said = run("done", "feed")

    assert said.exit_code == 1
    assert all(each[:4] in said.stderr for each in ids)
    assert json.loads(run("search", "feed", "--json").stdout).__len__() == 2


@pytest.mark.requirement("PROD-113")
def test_where_more_fit_than_are_named_it_is_said_how_many(run: Run, made) -> None:
    for number in range(12):
        made(f"knit sock {number}")

    said = run("done", "knit")

    assert said.exit_code == 1
    assert said.stderr.splitlines()[-1].startswith("There are 2 more: ")


@pytest.mark.requirement("PROD-113")
def test_words_that_fit_nothing_are_said_back(run: Run) -> None:
    said = run("done", "colonize", "mars")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "No open task is called “colonize mars”" in said.stderr


@pytest.mark.requirement("PROD-113")
def test_a_due_time_is_moved_and_taken_away(run: Run, made) -> None:
    task_id = made("prune the roses tomorrow at 9")
    moved = json.loads(run("edit", task_id, "--due", "2031-02-03", "--json").stdout)
    assert moved["due_local"] == "2031-02-03T09:00:00"
    assert json.loads(run("edit", task_id, "--due", "never", "--json").stdout)["due_local"] is None
    wrong = run("edit", task_id, "--due", "whenever you like")
    assert (wrong.exit_code, "is no due time" in wrong.stderr) == (1, True)


@pytest.mark.requirement("PROD-113")
def test_only_what_reminded_is_snoozed(run: Run, made) -> None:
    task_id = made("look at the moon")
    said = run("snooze", task_id)
    assert (said.exit_code, "has not reminded you yet" in said.stderr) == (1, True)
    assert run("snooze", task_id, "--for", "5", "--until", "tomorrow").exit_code == 2


@pytest.mark.requirement("PROD-114")
def test_a_list_that_no_person_reads_is_a_line_a_task_without_colours(run: Run, made) -> None:
    task_id = made("sharpen the saw tomorrow p1 @shed")
    line = next(line for line in run("list", "--filter", "@shed").stdout.splitlines() if "saw" in line)
    assert line.split("\t") == [task_id[:4], "tomorrow", "sharpen the saw  p1  @shed"]
    assert run("list", "today", "--filter", "@shed").stdout == ""
    wrong = run("list", "--filter", "p1 & nonsense")
    assert (wrong.exit_code, "“nonsense” is no term of a filter" in wrong.stderr) == (1, True)


@pytest.mark.requirement("PROD-196")
@pytest.mark.parametrize("which", [[], ["today"]])
@pytest.mark.parametrize("before", ["p1  & ", "@\u4e66\u5e97 & "])  # two letters that take two columns each
def test_a_mistake_in_a_filter_is_pointed_at_where_it_stands(run: Run, which: list[str], before: str) -> None:
    said = run("list", *which, "--filter", f"{before}nonsense & @shed").stderr.splitlines()
    at = next(number for number, line in enumerate(said) if line == f"  {before}nonsense & @shed")
    columns = sum(2 if letter > "\u2fff" else 1 for letter in before)
    assert said[at + 1] == f"  {' ' * columns}{'^' * len('nonsense')}"


@pytest.mark.requirement("PROD-197")
def test_a_token_is_printed_as_json_if_asked(run: Run) -> None:
    made = json.loads(run("token", "--name", "kitchen", "--json").stdout)
    assert made["name"] == "kitchen"
    assert run("list", "--token", made["secret"], "--json").exit_code == 0
    assert run("list", "someday").exit_code == 2


@pytest.mark.requirement("PROD-114")
def test_chat_answers_a_sentence_or_one_a_line(run: Run) -> None:
    assert "Added “buy thread”" in run("chat", "add buy thread").stdout
    said = run("chat", stdin="add buy needles\n\nshow my tasks\n")
    assert (said.exit_code, "Added “buy needles”" in said.stdout) == (0, True)
    assert run("chat", "done with colonizing mars").exit_code == 1


@pytest.mark.requirement("PROD-115")
def test_the_folders_token_is_its_owners_and_made_anew_when_it_was_revoked(run: Run, served: Served) -> None:
    assert run("list").exit_code == 0
    kept = served.folder / "command-line-token"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text("revoked")
    assert run("list").exit_code == 0
    assert kept.read_text() != "revoked"
    refused = run("list", "--token", "nobodys")
    assert (refused.exit_code, "The token was refused" in refused.stderr) == (1, True)


@pytest.mark.requirement("PROD-115")
def test_a_token_is_made_listed_and_revoked(run: Run) -> None:
    secret = run("token", "create", "watering can", "--scope", "tasks:read").stdout.strip()
    assert run("list", "--token", secret).exit_code == 0
    assert run("add", "x", "--token", secret).exit_code == 1
    assert any("watering can\ttasks:read" in line for line in run("token", "list").stdout.splitlines())
    assert run("token", "revoke", "watering can").stdout == "Revoked “watering can”.\n"
    assert run("list", "--token", secret).exit_code == 1


@pytest.mark.requirement("PROD-115")
def test_where_nothing_runs_it_is_said_what_to_do(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["list", "--data", str(tmp_path)], env={"TASKWAKE_URL": ""})
    assert said.exit_code == 1
    assert "start one with `taskwake serve`, or name another with --url, or TASKWAKE_URL" in said.stderr


@pytest.mark.requirement("PROD-116")
def test_what_happens_is_watched_until_ctrl_c(run: Run, served: Served) -> None:
    watching = subprocess.Popen(
        command("watch", "--data", str(served.folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        # Whoever runs the tests in the background may have it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert watching.stdout is not None
    assert watching.stderr is not None
    assert "until Ctrl-C" in watching.stderr.readline()
    # It says so before its stream is open: what is added until then is not its to tell.
    for number in range(50):
        run("add", f"tie knot {number}")
        os.set_blocking(watching.stdout.fileno(), False)
        if line := watching.stdout.readline():
            break
    assert "you added “tie knot" in line
    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate(timeout=20)
    assert (watching.returncode, "Traceback" in said) == (130, False)


@pytest.mark.requirement("PROD-117")
def test_what_is_exported_as_icalendar_is_known_when_it_is_imported(run: Run, made, tmp_path: Path) -> None:
    made("wind the clock every sunday")
    file = tmp_path / "tasks.ics"
    assert run("export", "--ics", "-o", str(file)).exit_code == 0
    report = json.loads(run("import", str(file), "--json").stdout)
    assert (report["created"], report["skipped_count"], report["unchanged"] > 0) == (0, 0, True)
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.ics"]


@pytest.mark.requirement("PROD-117")
def test_an_export_holds_every_list_and_task(run: Run, made) -> None:
    task_id = made("oil the hinge")
    run("done", task_id)
    whole = json.loads(run("export").stdout)
    assert (whole["format"], whole["version"]) == ("taskwake-export", 1)
    assert {"done"} == {task["status"] for task in whole["tasks"] if task["id"] == task_id}
    assert [each["name"] for each in whole["lists"]] == ["Inbox"]


@pytest.mark.requirement("PROD-117")
def test_a_dry_run_tells_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "others.csv"
    file.write_text("TYPE,CONTENT,PRIORITY\ntask,darn the socks,1\n")
    said = run("import", str(file), "--dry-run")
    assert "Nothing was changed; others.csv would be: 1 created" in said.stdout, said.output
    assert run("search", "darn").stdout == ""
    assert "Imported others.csv: 1 created" in run("import", str(file)).stdout
    assert "darn the socks" in run("search", "darn").stdout
    other = tmp_path / "x.txt"
    other.write_text("")
    assert run("import", str(other)).exit_code == 2
    file.write_text("no such columns\n")
    refused = run("import", str(file))
    assert (refused.exit_code, refused.stderr[:46]) == (1, "others.csv was not imported: no column TYPE: t")


@pytest.mark.requirement("PROD-118")
def test_the_shell_is_offered_tasks_and_lists(run: Run, made, served: Served) -> None:
    made("Zip the tent")
    environment = os.environ | {
        "TASKWAKE_DATA": str(served.folder), "_TASKWAKE_COMPLETE": "complete_bash", "COMP_WORDS": "taskwake done zi",
        "COMP_CWORD": "2",
    }  # fmt: skip
    program = ["-c", "from functions.operations.cli import app; app(prog_name='taskwake')"]
    done = subprocess.run([command()[0], *program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "zip the tent", done.stderr
