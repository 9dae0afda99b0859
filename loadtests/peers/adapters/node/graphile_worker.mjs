// graphile-worker: `graphile_worker.mjs prepare | enqueue | work`; see loadtests/peers/adapters/README.md.
import { readFileSync } from "node:fs";
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";

const settings = JSON.parse(process.env.PEER_SETTINGS ?? "{}");
const { "forceUnlockWorkers at the start": unlock, ...worker } = settings;
const pgPool = new pg.Pool({ max: worker.maxPoolSize ?? 10 });
// Its default tells of every job on the terminal; that work is spared it.
const logger = new Logger(() => (level, message) => {
  if (level === "error") console.error(message);
});

async function enqueue() {
  const jobs = JSON.parse(readFileSync(0, "utf8"));
  const utils = await makeWorkerUtils({ pgPool, logger });
  for (let start = 0; start < jobs.length; start += 1000) {
    await utils.addJobs(
      jobs.slice(start, start + 1000).map(([jobId, dueAt]) => ({
        identifier: "fire",
        payload: { job_id: jobId, due_at: dueAt },
        runAt: new Date(dueAt),
      })),
    );
  }
  await utils.release();
}

async function prepare() {
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  await utils.release();
}

async function work() {
  if (unlock) {
    // What its guide has an administrator do for workers that are known to be dead.
    const { rows } = await pgPool.query(
      "SELECT DISTINCT locked_by FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL",
    );
    const utils = await makeWorkerUtils({ pgPool, logger });
    if (rows.length) await utils.forceUnlockWorkers(rows.map((row) => row.locked_by));
    await utils.release();
  }
  const runner = await run({
    pgPool,
    logger,
    preset: { worker },
    crontab: "",
    taskList: {
      fire: async ({ job_id, due_at }, helpers) => {
        await helpers.query("INSERT INTO fired (job_id, due_at) VALUES ($1, $2)", [job_id, due_at]);
      },
    },
  });
  console.log("ready");
  await runner.promise;
}

await { prepare, enqueue, work }[process.argv[2]]();
await pgPool.end();
