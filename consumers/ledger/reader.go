package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Reader reads one stream as a member of a consumer group. One Reader is for one goroutine.
type Reader struct {
	Client *redis.Client
	Stream string        // the stream's key, such as "events"
	Group  string        // the consumer group; made at the stream's beginning if it does not exist
	Name   string        // this member's name: the same after a restart, so that it finds what it left open
	Batch  int64         // entries read at a time; zero: 100
	Block  time.Duration // how long Run waits for a new entry before it asks again; zero: 1 s
}

// Run books entries until ctx ends, and gives ctx's error then. It first takes up what this member had
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
	err := r.Client.XGroupCreateMkStream(ctx, r.Stream, r.Group, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return fmt.Errorf("join group %s of stream %s: %w", r.Group, r.Stream, err)
	}
	return nil
}

// read gives this member's open entries for "0", and new ones for ">". Each round from "0" finds the
// next open ones, since book acknowledges those before.
func (r *Reader) read(ctx context.Context, from string) ([]redis.XMessage, error) {
	batch, block := r.Batch, r.Block
	if batch == 0 {
		batch = 100
	}
	if block == 0 {
		block = time.Second
	}
	streams, err := r.Client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: r.Group, Consumer: r.Name, Streams: []string{r.Stream, from}, Count: batch, Block: block,
	}).Result()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, redis.Nil):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read stream %s: %w", r.Stream, err)
	}
	var messages []redis.XMessage
	for _, s := range streams {
		messages = append(messages, s.Messages...)
	}
	return messages, nil
}

func (r *Reader) book(ctx context.Context, message redis.XMessage, apply func(Entry) error) error {
	entry, err := Decode(message)
	if err != nil {
		return err
	}
	if err := apply(entry); err != nil {
		return fmt.Errorf("book stream entry %s: %w", message.ID, err)
	}
	if err := r.Client.XAck(ctx, r.Stream, r.Group, message.ID).Err(); err != nil {
		return fmt.Errorf("acknowledge stream entry %s: %w", message.ID, err)
	}
	return nil
}
