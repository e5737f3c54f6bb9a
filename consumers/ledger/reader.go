package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// Reader reads one stream as a member of a consumer group. One Reader is for one goroutine.
type Reader struct {
	Redis  *redis.Pool   // its connections need no read timeout: a Reader bounds each command itself
	Stream string        // the stream's key, such as "events"
	Group  string        // the consumer group; made at the stream's beginning if it does not exist
	Name   string        // this member's name: the same after a restart, so that it finds what it left open
	Batch  int64         // entries read at a time; zero: 100
	Block  time.Duration // how long Run waits for a new entry before it polls again; zero: 1 s
}

// Run books entries until ctx ends, and returns ctx's error then. It returns the error of a command that fails, and
// may be called again: nothing that was read is lost. It first takes up what this member had
// read and not acknowledged before. It stops at an entry that cannot be read or booked: that entry stays
// unacknowledged, and the error names it.
func (r *Reader) Run(ctx context.Context, apply func(Entry) error) error {
	if err := r.join(ctx); err != nil {
		return err
	}
	for from := "0"; ; {
		messages, err := r.read(ctx, from)
		if err != nil {
			return err
		}
		if from != ">" && len(messages) == 0 {
			from = ">"
		}
		for _, message := range messages {
			if err := r.book(ctx, message, apply); err != nil {
				return err
			}
		}
	}
}

func (r *Reader) join(ctx context.Context) error {
	_, err := r.do(ctx, commandTimeout, "XGROUP", "CREATE", r.Stream, r.Group, "0", "MKSTREAM")
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return fmt.Errorf("join group %s of stream %s: %w", r.Group, r.Stream, err)
	}
	return nil
}

// read returns this member's open entries for "0", and new ones for ">". Each round from "0" finds the
// next open ones, since book acknowledges those before.
func (r *Reader) read(ctx context.Context, from string) ([]Message, error) {
	batch, block := r.Batch, r.Block
	if batch == 0 {
		batch = 100
	}
	if block == 0 {
		block = time.Second
	}
	messages, err := newMessages(r.do(ctx, block+commandTimeout, "XREADGROUP", "GROUP", r.Group, r.Name,
		"COUNT", batch, "BLOCK", block.Milliseconds(), "STREAMS", r.Stream, from))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("read stream %s: %w", r.Stream, err)
	}
	return messages, nil
}

func (r *Reader) book(ctx context.Context, message Message, apply func(Entry) error) error {
	entry, err := Decode(message)
	if err != nil {
		return err
	}
	if err := apply(entry); err != nil {
		return fmt.Errorf("book stream entry %s: %w", message.ID, err)
	}
	if _, err := r.do(ctx, commandTimeout, "XACK", r.Stream, r.Group, message.ID); err != nil {
		return fmt.Errorf("acknowledge stream entry %s: %w", message.ID, err)
	}
	return nil
}

// commandTimeout bounds a command, beside the time for which it was asked to wait.
const commandTimeout = 10 * time.Second

// do runs one command. A connection that fails is not used again; nothing is tried twice.
func (r *Reader) do(ctx context.Context, timeout time.Duration, command string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := r.Redis.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	reply, err := redis.DoContext(c, ctx, command, args...)
	return reply, errors.Join(err, c.Close())
}

// newMessages reads the reply of XREADGROUP for one stream, [[stream [message ...]]], where nil is no message.
func newMessages(reply any, err error) ([]Message, error) {
	streams, err := redis.Values(reply, err)
	if errors.Is(err, redis.ErrNil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(streams) != 1 {
		return nil, fmt.Errorf("a reply about %d streams, want one", len(streams))
	}
	parts, err := pair(streams[0])
	if err != nil {
		return nil, err
	}
	return Messages(parts[1], nil)
}

// Messages reads a reply that is a list of stream entries, such as that of XRANGE. It takes the values of a command, so
// that the two can stand in one expression, and returns the command's error.
func Messages(reply any, err error) ([]Message, error) {
	entries, err := redis.Values(reply, err)
	if err != nil {
		return nil, err
	}
	messages := make([]Message, len(entries))
	for i, entry := range entries {
		if messages[i], err = readMessage(entry); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// readMessage reads [id [field value ...]], or [id nil] of an entry that was trimmed.
func readMessage(reply any) (Message, error) {
	parts, err := pair(reply)
	if err != nil {
		return Message{}, err
	}
	id, err := redis.String(parts[0], nil)
	if err != nil {
		return Message{}, err
	}
	fields, err := redis.StringMap(parts[1], nil)
	if errors.Is(err, redis.ErrNil) {
		err = nil
	}
	return Message{ID: id, Fields: fields}, err
}

// pair reads an array of two.
func pair(reply any) ([]any, error) {
	parts, err := redis.Values(reply, nil)
	if err == nil && len(parts) != 2 {
		err = fmt.Errorf("a reply of %d parts, want 2", len(parts))
	}
	return parts, err
}
