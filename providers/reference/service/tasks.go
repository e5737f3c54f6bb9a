package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Task is one piece of background work.
type Task struct {
	Name    string        // what it is, such as "enrich invoice"
	Owner   string        // the part of the service that answers for it
	Reason  string        // why it runs, such as the event that asked for it
	Timeout time.Duration // its deadline; 0: none, it runs as long as the service
	Run     func(ctx context.Context) error
}

// Tasks supervises background work: every task has an owner, ends with the service, and is counted by
// its result. A task that panics has failed; the service continues.
type Tasks struct {
	ctx    context.Context
	cancel context.CancelFunc
	log    *slog.Logger
	counts *prometheus.CounterVec
	done   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	last    int
	running map[int]Running
}

// Running is a task that runs now.
type Running struct {
	Name      string    `json:"name"`
	Owner     string    `json:"owner"`
	Reason    string    `json:"reason"`
	StartedAt time.Time `json:"started_at"`
	Deadline  time.Time `json:"deadline,omitzero"`
}

// ErrClosed means that the service is shutting down and starts no more tasks.
var ErrClosed = errors.New("the service is ending")

// NewTasks returns a supervisor whose tasks end at the latest when Close is called. It counts on metrics.
func NewTasks(log *slog.Logger, metrics prometheus.Registerer) *Tasks {
	ctx, cancel := context.WithCancel(context.Background())
	t := &Tasks{ctx: ctx, cancel: cancel, log: log, running: map[int]Running{}}
	t.counts = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tasks_total", Help: "Background tasks, by what became of them: started, finished, failed, cancelled or timed_out.",
	}, []string{"name", "state"})
	metrics.MustRegister(t.counts)
	return t
}

// Start runs a task. Of from, the task takes values such as the trace; its end does not end the task.
func (t *Tasks) Start(from context.Context, task Task) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(from))
	started := time.Now().UTC()
	entry := Running{Name: task.Name, Owner: task.Owner, Reason: task.Reason, StartedAt: started}
	if task.Timeout > 0 {
		cancel()
		ctx, cancel = context.WithTimeout(context.WithoutCancel(from), task.Timeout)
		entry.Deadline = started.Add(task.Timeout)
	}
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		cancel()
		return ErrClosed
	}
	t.last++
	id := t.last
	t.running[id] = entry
	t.done.Add(1)
	t.mu.Unlock()

	for _, state := range []string{"finished", "failed", "cancelled", "timed_out"} {
		t.counts.WithLabelValues(task.Name, state) // a count of zero is a count
	}
	t.counts.WithLabelValues(task.Name, "started").Inc()
	unlink := context.AfterFunc(t.ctx, cancel)
	go func() {
		defer t.done.Done()
		defer cancel()
		defer unlink()
		err := guarded(ctx, task.Run)
		t.mu.Lock()
		delete(t.running, id)
		t.mu.Unlock()
		state := t.state(ctx, err)
		t.counts.WithLabelValues(task.Name, state).Inc()
		if state == "failed" || state == "timed_out" {
			t.log.WarnContext(ctx, "task ended badly", "task", task.Name, "reason", task.Reason, "state", state, "error", err)
		}
	}()
	return nil
}

func (t *Tasks) state(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return "finished"
	case t.ctx.Err() != nil && errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "timed_out"
	default:
		return "failed"
	}
}

func guarded(ctx context.Context, run func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return run(ctx)
}

// Running lists what runs now, the oldest first.
func (t *Tasks) Running() []Running {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]Running, 0, len(t.running))
	for _, r := range t.running {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Running) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// Close cancels every task and waits until they have ended, or ctx has. The error names those that have not.
func (t *Tasks) Close(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t.done.Wait()
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("tasks still run: %v", t.Running())
	}
}
