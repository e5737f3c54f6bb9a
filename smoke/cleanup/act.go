package cleanup

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/smoke/database"
	"github.com/fridaygate/fridaygate/smoke/hosts"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/process"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// Options are what carrying a plan out needs.
type Options struct {
	Client   *http.Client                                  // it must not follow redirects
	Hosts    *hosts.List                                   // that databases may be on; nil: any
	Spend    func(ctx context.Context, requests int) error // called before each request and command; an error prevents it
	Timeout  time.Duration                                 // of one request, command or statement
	Parallel int                                           // requests and commands at a time
	Now      func() time.Time
	Pauses   []time.Duration // before each further try of a step whose remains are still there; nil: 1 s, then 3 s
}

// did is what became of an action for one target.
type did struct {
	count int // of a verification; of a removal how much it removed, as far as that is known
	err   error
}

// act carries an action out for each target.
func (o Options) act(ctx context.Context, a Action, counts bool, targets []target) []did {
	all := make([]did, len(targets))
	if a.SQL != nil {
		o.database(ctx, a.SQL, counts, targets, all)
		return all
	}
	var acting errgroup.Group // no action returns an error: what went wrong is in its result
	acting.SetLimit(max(1, o.Parallel))
	for i, t := range targets {
		acting.Go(func() error {
			if a.HTTP != nil {
				all[i] = o.patient(ctx, a.HTTP, counts, t)
			} else {
				all[i] = o.command(ctx, a.Command, counts, t)
			}
			return nil
		})
	}
	_ = acting.Wait()
	return all
}

// throttleTries is how often a request is made that is answered with Retry-After.
const throttleTries = 5

// patient makes a request, and makes it again where its answer says when to.
func (o Options) patient(ctx context.Context, r *Request, counts bool, t target) did {
	for range throttleTries {
		result, wait, again := o.request(ctx, r, counts, t)
		if !again {
			return result
		}
		if end, bounded := ctx.Deadline(); bounded && wait > end.Sub(o.Now()) {
			return did{err: fmt.Errorf("%w, and asks to wait %s (Retry-After), which cleanup.within does not leave", result.err, wait)}
		}
		if err := pace.Wait(ctx, wait); err != nil {
			return did{err: overdue(ctx, err, o.Timeout)}
		}
	}
	return did{err: fmt.Errorf("answered 429 or 503 with Retry-After %d times in a row", throttleTries)}
}

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

func (o Options) request(ctx context.Context, r *Request, counts bool, t target) (result did, wait time.Duration, again bool) {
	if err := o.Spend(ctx, 1); err != nil {
		return did{err: overdue(ctx, err, o.Timeout)}, 0, false
	}
	limited, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	path, query, asks := strings.Cut(r.Path, "?")
	address := wire.Below(r.Base, t.fill(path, url.PathEscape))
	if asks {
		address += "?" + t.fill(query, url.QueryEscape)
	}
	request, err := http.NewRequestWithContext(limited, r.method(), address, strings.NewReader(t.fill(r.Body, inJSON)))
	if err != nil {
		return did{err: err}, 0, false
	}
	request.Header.Set("User-Agent", wire.UserAgent)
	for name, values := range r.Header {
		for _, value := range values {
			request.Header.Set(name, t.fill(value, func(s string) string { return s }))
		}
	}
	answer, err := o.Client.Do(request)
	if err != nil {
		return did{err: overdue(ctx, err, o.Timeout)}, 0, false
	}
	defer func() { _ = answer.Body.Close() }() // nothing can be done about an answer that was read
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return did{err: overdue(ctx, err, o.Timeout)}, 0, false
	}
	wait, again = pace.RetryAfter(answer.StatusCode, answer.Header, o.Now())
	return r.read(answer.StatusCode, body, counts), wait, again
}

// read judges an answer.
func (r *Request) read(status int, body []byte, counts bool) (result did) {
	switch {
	case r.Absent != 0 && status == r.Absent:
	case status == http.StatusNotFound || status == http.StatusGone:
		result.err = fmt.Errorf("answered %d (if that says that there is nothing, declare it: absent: %d)", status, status)
	case status < 200 || status > 299:
		result.err = fmt.Errorf("answered %d", status)
	case counts:
		result.count, result.err = probe.CountAt(body, r.Count)
	default:
		result.count = 1
	}
	return result
}

// inJSON writes a value as it stands within the quotes of a JSON text.
func inJSON(value string) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(text), `"`), `"`)
}

func (o Options) command(ctx context.Context, run []string, counts bool, t target) (result did) {
	if err := o.Spend(ctx, 1); err != nil {
		return did{err: overdue(ctx, err, o.Timeout)}
	}
	limited, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	words := make([]string, len(run))
	for i, word := range run {
		words[i] = t.fill(word, func(s string) string { return s })
	}
	output, err := process.Run(limited, words)
	switch {
	case err != nil:
		result.err = overdue(ctx, err, o.Timeout)
	case counts:
		result.count, err = strconv.Atoi(strings.TrimSpace(output))
		if err != nil || result.count < 0 {
			result.err = fmt.Errorf("printed %q, and not a count", process.Excerpt(output))
		}
	default:
		result.count = 1 // it may have removed something
	}
	return result
}

// database carries out statements for all targets in one transaction: a part of a removal would leave what is harder to find.
func (o Options) database(ctx context.Context, s *SQL, counts bool, targets []target, all []did) {
	err := o.transaction(ctx, s, counts, targets, all)
	for i := range all {
		if err != nil && (!counts || all[i].err == nil) { // nothing of the transaction stands
			all[i] = did{err: err}
		}
	}
}

func (o Options) transaction(ctx context.Context, s *SQL, counts bool, targets []target, all []did) (failed error) {
	defer func() { failed = overdue(ctx, failed, o.Timeout) }()
	db, err := database.Open(s.Address, database.Options{Write: !counts, Hosts: o.Hosts})
	if err != nil {
		return fmt.Errorf("the variable %s: %w", s.URLEnv, err)
	}
	defer func() { failed = errors.Join(failed, db.Close()) }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: counts})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to undo
	for i, t := range targets {
		for _, statement := range s.Statements {
			text, arguments := t.numbered(statement)
			if !counts {
				all[i].count, err = removeRows(ctx, tx, text, arguments, all[i].count)
			} else {
				all[i].count, err = probe.CountRows(ctx, tx, text, arguments...)
			}
			if err != nil {
				return err
			}
		}
	}
	if counts {
		return nil
	}
	return tx.Commit()
}

// removeRows carries a statement out, and returns how many rows it removed together with those of the statements before it.
func removeRows(ctx context.Context, tx *sql.Tx, text string, arguments []any, before int) (int, error) {
	result, err := tx.ExecContext(ctx, text, arguments...)
	if err != nil {
		return 0, err
	}
	rows, err := result.RowsAffected()
	return before + int(rows), err
}

// overdue says when the whole clean-up, and not one action, took too long.
func overdue(ctx context.Context, err error, timeout time.Duration) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return errOverdue
	case ctx.Err() != nil:
		return pace.ErrInterrupted
	}
	return errors.New(wire.Reason(err, timeout))
}

var errOverdue = errors.New("the time of cleanup.within was over")
