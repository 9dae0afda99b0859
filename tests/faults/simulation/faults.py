"""What breaks, when, and how often: as the seed has it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from tests.faults.simulation.history import History
from tests.faults.simulation.installation import OF_EACH, Installation
from tests.faults.simulation.mail import Mail
from tests.faults.simulation.world import World

EVERYTHING = frozenset(
    {*OF_EACH, "task-created", "task-recurred", "delivery-requested"},
)


@dataclass
class Faults:
    """How likely each is: of a delivery, ring, e-mail or answer; of a kill, at each step; and how often something is
    away or lost in an hour."""

    world: World
    duplicates: float
    rings_twice: float
    mail_fails: float
    unanswered: float
    kills: float
    incidents: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, world: World) -> "Faults":
        """Some histories are calm, so that what goes wrong in them is not the faults' doing; most are not."""
        random = world.random
        if random.random() < 0.1:
            return cls(world, 0, 0, 0, 0, 0)
        kinds = ["jobs lost", "jobs away", "broker away", "outage", "replay", "restart"]
        return cls(
            world,
            duplicates=random.choice([0, 0.05, 0.2]),
            rings_twice=random.choice([0, 0.1, 0.5]),
            mail_fails=random.choice([0, 0.1, 0.3]),
            unanswered=random.choice([0, 0.05, 0.15]),
            kills=random.choice([0, 0.003, 0.01]),
            incidents=random.sample(kinds, random.randint(0, len(kinds))),
        )

    async def go_on(self, installation: Installation, history: History) -> None:
        """Let it all happen, until cancelled."""
        world = self.world
        world.kill_chance = self.kills
        world.killable = set(EVERYTHING)
        installation.broker.unanswered = self.unanswered
        while self.incidents:
            await asyncio.sleep(world.random.choice([10, 300, 1800]) * world.random.random())
            await self._happen(world.random.choice(self.incidents), installation, history)

    def stop(self, installation: Installation, mail: Mail) -> None:
        """From here on nothing breaks any more."""
        self.world.note("nothing breaks any more")
        self.world.kill_chance = 0
        for part in (installation.jobs, installation.broker):
            part.down = part.faults = False
        mail.faults = False

    async def _happen(self, incident: str, installation: Installation, history: History) -> None:
        world = self.world
        away = world.random.uniform(1, 60)
        match incident:
            case "jobs lost":
                installation.jobs.lose()
                history.losses.append(world.now())
            case "jobs away" | "broker away":
                part = installation.jobs if incident == "jobs away" else installation.broker
                world.note(f"{incident} for {away:.0f} s")
                part.down = True
                await asyncio.sleep(away)
                part.down = False
            case "outage":
                span = timedelta(minutes=world.random.choice([1, 10, 120]) * world.random.uniform(0.2, 1))
                world.note(f"nothing runs for {span}")
                history.outages.append((world.now(), world.now() + span))
                world.pass_by(span)
            case "replay":
                installation.broker.replay()
            case _:
                running = [process for processes in installation.processes.values() for process in processes]
                if running:
                    world.kill(world.random.choice(running), "anywhere")
