package drift

import (
	"bytes"
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

// timeNames are the members of a log line or payload that usually hold its time, most telling first. They are asked when no
// pointer is given.
var timeNames = []string{
	"time", "timestamp", "@timestamp", "ts", "datetime", "date", "received_at", "receivedAt", "logged_at", "event_time", "eventTime",
	"occurred_at", "occurredAt", "created_at", "createdAt", "created",
}

// parseTime reads a time that is written as a JSON text or number.
func parseTime(value []byte) (time.Time, bool) {
	written := bytes.Trim(value, `"`)
	if bytes.IndexByte(value, '\\') >= 0 {
		written = []byte(unquoted(written))
	}
	at, _, ok := logfile.Time(string(written), nil)
	return at, ok
}
