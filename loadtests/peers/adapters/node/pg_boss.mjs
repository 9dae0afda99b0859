// pg-boss: `pg_boss.mjs prepare | enqueue | work`; see loadtests/peers/adapters/README.md.
import { readFileSync } from "node:fs";
import { PgBoss } from "pg-boss";
import pg from "pg";

const { constructor = {}, queue = {}, work: workOptions = {} } = JSON.parse(process.env.PEER_SETTINGS ?? "{}");
const { PGHOST: host, PGPORT: port, PGUSER: user, PGDATABASE: database } = process.env;
const boss = new PgBoss({ host, port: Number(port), user, database, ...constructor });
boss.on("error", (error) => console.error(error));
const INSERT = "INSERT INTO fired (job_id, due_at) SELECT * FROM unnest($1::int[], $2::timestamptz[])";

async function prepare() {
  await boss.start();
  await boss.createQueue("fire", queue);
  await boss.stop();
}

async function enqueue() {
  const jobs = JSON.parse(readFileSync(0, "utf8"));
  await boss.start();
  for (let start = 0; start < jobs.length; start += 1000) {
    await boss.insert(
      "fire",
      jobs.slice(start, start + 1000).map(([jobId, dueAt]) => ({
        data: { job_id: jobId, due_at: dueAt },
        startAfter: new Date(dueAt),
      })),
    );
  }
  await boss.stop();
}

async function work() {
  const pool = new pg.Pool({ max: 10 });
  await boss.start();
  // A handler gets a batch, so the rows of a batch are written by one statement.
  await boss.work("fire", workOptions, async (jobs, transaction) => {
    const values = [jobs.map((job) => job.data.job_id), jobs.map((job) => job.data.due_at)];
    await (transaction ? transaction.executeSql(INSERT, values) : pool.query(INSERT, values));
  });
  console.log("ready");
}

await { prepare, enqueue, work }[process.argv[2]]();
