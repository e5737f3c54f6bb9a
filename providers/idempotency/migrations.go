package idempotency

import (
	"strings"

	"github.com/fridaygate/fridaygate/providers/database"
)

// migrations are the tables, one step a version.
func migrations(d database.Dialect) []string {
	id, blob := "BIGSERIAL PRIMARY KEY", "BYTEA"
	if d == database.SQLite {
		id, blob = "INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB"
	}
	types := strings.NewReplacer("{id}", id, "{blob}", blob)
	return []string{types.Replace(`
CREATE TABLE inbound_events (
	source       TEXT NOT NULL,
	event_id     TEXT NOT NULL,
	type         TEXT NOT NULL,
	fingerprint  TEXT NOT NULL,
	status       INTEGER NOT NULL DEFAULT 0,
	content_type TEXT NOT NULL DEFAULT '',
	body         {blob},
	received_at  BIGINT NOT NULL, -- microseconds since 1970
	PRIMARY KEY (source, event_id)
);
CREATE TABLE outbox (
	id           {id},
	source       TEXT NOT NULL,
	event_id     TEXT NOT NULL,
	type         TEXT NOT NULL,
	traceparent  TEXT NOT NULL,
	data         {blob} NOT NULL,
	published_at BIGINT -- microseconds since 1970; NULL until it is on the stream
);
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_event ON outbox (source, event_id);
`)}
}
