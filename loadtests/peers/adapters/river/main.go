// River: `river prepare | enqueue | work`; see loadtests/peers/adapters/README.md.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

type fire struct {
	JobID int       `json:"job_id"`
	DueAt time.Time `json:"due_at"`
}

func (fire) Kind() string { return "fire" }

type worker struct {
	river.WorkerDefaults[fire]
	pool *pgxpool.Pool
}

// Work does the work: one row.
func (w *worker) Work(ctx context.Context, job *river.Job[fire]) error {
	_, err := w.pool.Exec(ctx, "INSERT INTO fired (job_id, due_at) VALUES ($1, $2)", job.Args.JobID, job.Args.DueAt)
	return err
}

type settings struct {
	MaxWorkers           int
	FetchCooldown        milliseconds
	FetchPollInterval    milliseconds
	JobTimeout           milliseconds
	RescueStuckJobsAfter milliseconds
	PoolMaxConns         int32 `json:"pool MaxConns"`
}

type milliseconds int

func (m milliseconds) duration() time.Duration { return time.Duration(m) * time.Millisecond }

func main() {
	ctx := context.Background()
	var chosen settings
	if text := os.Getenv("PEER_SETTINGS"); text != "" {
		must(json.Unmarshal([]byte(text), &chosen))
	}
	config := check(pgxpool.ParseConfig("")) // from PGHOST and its like
	if chosen.PoolMaxConns > 0 {
		config.MaxConns = chosen.PoolMaxConns
	}
	pool := check(pgxpool.NewWithConfig(ctx, config))
	defer pool.Close()
	switch os.Args[1] {
	case "prepare":
		migrator := check(rivermigrate.New(riverpgxv5.New(pool), nil))
		check(migrator.Migrate(ctx, rivermigrate.DirectionUp, nil))
	case "enqueue":
		enqueue(ctx, pool)
	case "work":
		work(ctx, pool, chosen)
	}
}

func enqueue(ctx context.Context, pool *pgxpool.Pool) {
	var jobs [][2]json.RawMessage
	must(json.NewDecoder(os.Stdin).Decode(&jobs))
	var client *river.Client[pgx.Tx] = check(river.NewClient(riverpgxv5.New(pool), &river.Config{}))
	for start := 0; start < len(jobs); start += 1000 {
		var batch []river.InsertManyParams
		for _, job := range jobs[start:min(start+1000, len(jobs))] {
			var args fire
			must(json.Unmarshal(job[0], &args.JobID))
			must(json.Unmarshal(job[1], &args.DueAt))
			batch = append(batch, river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{ScheduledAt: args.DueAt}})
		}
		check(client.InsertManyFast(ctx, batch))
	}
}

func work(ctx context.Context, pool *pgxpool.Pool, chosen settings) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{pool: pool})
	most := chosen.MaxWorkers
	if most == 0 {
		most = 100 // River has no default for it; its guide has 100
	}
	client := check(river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: most}},
		Workers:              workers,
		FetchCooldown:        chosen.FetchCooldown.duration(),
		FetchPollInterval:    chosen.FetchPollInterval.duration(),
		JobTimeout:           chosen.JobTimeout.duration(),
		RescueStuckJobsAfter: chosen.RescueStuckJobsAfter.duration(),
	}))
	must(client.Start(ctx))
	fmt.Println("ready")
	select {}
}

func check[T any](value T, err error) T {
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
